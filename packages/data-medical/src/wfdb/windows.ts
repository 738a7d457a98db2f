import { assertInteger, FedwardError } from '@fedward/core';
import type { TableSource, TextRow } from '@fedward/kit-tables';
import { readWfdbAnnotations, type WfdbAnnotation } from './annotations.js';
import { frameGrid } from './grid.js';
import { headerOf } from './names.js';
import { readWfdbRecord } from './record.js';
import type { WfdbRecord } from './record-types.js';

/** What is cut out of records. */
export interface WfdbWindowOptions {
  /** Frames before an annotation. */
  readonly before: number;
  /** Frames from the annotation on. */
  readonly after: number;
  /** Signals by name, or by place from 0 on. A column of a table has one shape, so: the same in all records. */
  readonly channels: readonly (string | number)[];
  /** Symbols of the annotations that become rows; default all, marks of rhythm and quality among them. */
  readonly symbols?: readonly string[];
  /** Ending of the annotation files; default `atr`. */
  readonly annotator?: string;
}

const columns = ['record', 'sample', 'symbol', 'signal'] as const;
const rowsAtATime = 256;

/**
 * A table of windows around annotations, such as heartbeats: one row each, with the columns `record` (its name, to be
 * the patient id where a record is a patient), `sample`, `symbol`, and `signal` of shape [before + after, channels] in
 * physical units, at the rate of frames. Windows that would go beyond their record are left out, and in the remarks.
 *
 * One record at a time is in memory.
 *
 * @param records headers, signal files, or records without an ending, with their annotations beside them
 * @throws {FedwardError} ARGUMENT_INVALID for options; while rows are read, what `readWfdbRecord` and
 *   `readWfdbAnnotations` throw, and CONFIG_INCOMPATIBLE for records of the same name or of different frequencies
 */
export function openWfdbWindows(records: readonly string[], options: WfdbWindowOptions): TableSource {
  const { before, after, channels, annotator = 'atr' } = options;
  assertInteger('before', before, 0, 2 ** 20);
  assertInteger('after', after, 1, 2 ** 20);
  const headers = records.map(headerOf);
  const remarks: string[] = [];
  const rows = rowsOf(headers, { ...options, annotator }, remarks);
  return {
    names: columns,
    rows,
    notes: { signal: { shape: [before + after, channels.length] } },
    remarks: () => remarks,
    files: headers.flatMap((header) => [header, besideOf(header, annotator)]),
    close: () => rows.return(undefined),
  };
}

function besideOf(header: string, ending: string): string {
  return header.replace(/hea$/, ending);
}

async function* rowsOf(
  headers: readonly string[],
  { before, after, channels, symbols, annotator }: WfdbWindowOptions & { readonly annotator: string },
  remarks: string[],
): AsyncGenerator<readonly TextRow[]> {
  const known = new Map<string, string>();
  let frequency: number | undefined;
  let line = 0;
  for (const header of headers) {
    const record = await readWfdbRecord(header, { channels });
    frequency ??= record.frequency;
    assertAlike(record, header, frequency, known);
    const found = await annotationsOf(besideOf(header, annotator), record);
    const wanted = symbols ? found.filter(({ symbol }) => symbols.includes(symbol)) : found;
    const whole = wanted.filter(({ sample }) => sample >= before && sample + after <= record.length);
    if (whole.length < wanted.length)
      remarks.push(
        `${header}: ${wanted.length - whole.length} of ${wanted.length} annotations are too near an end for a whole window`,
      );
    for (let first = 0; first < whole.length; first += rowsAtATime)
      yield whole.slice(first, first + rowsAtATime).map(({ sample, symbol }): TextRow => ({
        line: ++line,
        fields: [record.name, String(sample), symbol, ''],
        arrays: { signal: frameGrid(record.signals, sample - before, before + after) },
      }));
  }
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE where windows of this record are not those of the others */
function assertAlike(record: WfdbRecord, header: string, frequency: number, known: Map<string, string>): void {
  const other = known.get(record.name);
  if (other !== undefined)
    throw new FedwardError('CONFIG_INCOMPATIBLE', `${other} and ${header} are records of the same name`, header);
  known.set(record.name, header);
  if (record.frequency !== frequency)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `${header} has ${record.frequency} frames a second, those before ${frequency}: windows of one table last as long`,
      header,
    );
}

/** At the rate of frames, though the file may count otherwise. */
async function annotationsOf(file: string, record: WfdbRecord): Promise<readonly WfdbAnnotation[]> {
  const { annotations, frequency } = await readWfdbAnnotations(file);
  if (frequency === undefined || frequency === record.frequency) return annotations;
  const rate = record.frequency / frequency;
  return annotations.map((annotation) => ({ ...annotation, sample: Math.round(annotation.sample * rate) }));
}
