import { broken } from '../images/failure.js';
import type { DicomObject } from './data-set.js';
import type { DataSet } from './elements.js';
import { decimalOf, decimalsOf, shortsOf, textOf } from './values.js';

/** From a stored number to one with a meaning, such as Hounsfield units (PS3.3, section C.11.1). */
export type Rescale = (stored: number) => number;

/** How the numbers of an object are rescaled, and what they are then. */
export interface Rescaling {
  /** Of each frame; undefined where stored numbers are what they mean. */
  readonly of: (frame: number) => Rescale | undefined;
  /** Of the first frame; undefined where a table is applied instead. */
  readonly slope: number | undefined;
  readonly intercept: number | undefined;
  /** As the file names it, such as HU or GY. */
  readonly unit: string | undefined;
}

const rescaleIntercept = 0x00281052;
const rescaleSlope = 0x00281053;
const shared = 0x52009229;
const perFrame = 0x52009230;

/**
 * The modality's transformation: slope and intercept of the object or of each frame, the dose grid's scaling, or a table.
 * @throws {FedwardError} DATA_MALFORMED
 */
export function rescalingOf(object: DicomObject): Rescaling {
  const { name, dataSet } = object;
  const table = dataSet.get(0x00283000)?.items?.[0];
  if (table) {
    const unit = textOf(table.get(0x00283004))[0];
    const rescale = modalityTable(name, table);
    return { of: () => rescale, slope: undefined, intercept: undefined, unit };
  }
  const dose = decimalOf(name, dataSet, 0x3004000e);
  if (dose !== undefined) return linear(() => [dose, 0], textOf(dataSet.get(0x30040002))[0]);
  const values = (groups: DataSet | undefined): DataSet | undefined => groups?.get(0x00289145)?.items?.[0];
  const all = values(dataSet.get(shared)?.items?.[0]);
  const frames = dataSet.get(perFrame)?.items;
  const source = (frame: number): DataSet => values(frames?.[frame]) ?? all ?? dataSet;
  const constants = (frame: number): readonly [number, number] => {
    const from = source(frame);
    return [decimalOf(name, from, rescaleSlope) ?? 1, decimalOf(name, from, rescaleIntercept) ?? 0];
  };
  return linear(constants, textOf(source(0).get(0x00281054))[0]);
}

function linear(constants: (frame: number) => readonly [number, number], unit: string | undefined): Rescaling {
  const of = (frame: number): Rescale | undefined => {
    const [slope, intercept] = constants(frame);
    return slope === 1 && intercept === 0 ? undefined : (stored) => stored * slope + intercept;
  };
  const [slope, intercept] = constants(0);
  return { of, slope, intercept, unit };
}

/** A table instead of a line (PS3.3, section C.11.1.1). */
function modalityTable(name: string, item: DataSet): Rescale {
  const descriptor = item.get(0x00283002);
  const [declared, , bits] = shortsOf(descriptor);
  // Its first number may be signed; a type that is not said is taken for one that is.
  const first = shortsOf(descriptor, descriptor?.vr !== 'US')[1];
  const element = item.get(0x00283006);
  if (declared === undefined || first === undefined || bits === undefined || !element)
    throw broken(name, 'a modality table is not described');
  const count = declared === 0 ? 2 ** 16 : declared;
  let entries = shortsOf(element);
  if (entries.length < count) entries = entries.flatMap((word) => [word & 0xff, word >> 8]);
  if (entries.length < count) throw broken(name, `a modality table has ${entries.length} of ${count} entries`);
  return (stored) => entries[Math.min(Math.max(stored - first, 0), count - 1)]!;
}

/**
 * Distances between the centres of pixels in mm: from row to row, and from column to column. Of the patient, or where only
 * that is known, of the detector (the image is then larger than what it shows).
 * @throws {FedwardError} DATA_MALFORMED
 */
export function pixelSpacingOf({ name, dataSet }: DicomObject): readonly [row: number, column: number] | undefined {
  const measures = [shared, perFrame].map((tag) => dataSet.get(tag)?.items?.[0]?.get(0x00289110)?.items?.[0]);
  for (const [source, tag] of [
    [dataSet, 0x00280030],
    ...measures.map((source) => [source, 0x00280030] as const),
    [dataSet, 0x00181164],
  ] as const) {
    const [row, column] = source ? decimalsOf(name, source, tag) : [];
    if (row !== undefined && column !== undefined && row > 0 && column > 0) return [row, column];
  }
  return undefined;
}
