import { broken, refused } from '../images/failure.js';
import type { DicomObject } from './data-set.js';
import type { DataSet } from './elements.js';
import { decimalOf, shortsOf, textOf } from './values.js';

/** How the pixels of an object are stored (PS3.3, section C.7.6.3). */
export interface ImageHeader {
  readonly frames: number;
  readonly rows: number;
  readonly columns: number;
  /** Values a pixel: 1, or 3 for a colour. */
  readonly samples: number;
  /** Such as MONOCHROME2. */
  readonly photometric: string;
  /** The samples of a colour stand in planes, not pixel by pixel. */
  readonly planar: boolean;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  /** Where native pixels are: integers, or numbers with a point. */
  readonly pixels: 'integers' | 'float32' | 'float64';
}

const colours = ['RGB', 'YBR_FULL', 'YBR_FULL_422', 'YBR_ICT', 'YBR_RCT', 'PALETTE COLOR'];
const readable = ['MONOCHROME1', 'MONOCHROME2', ...colours];

/** Objects that people take for images, and that hold none. */
const noImages: Readonly<Record<string, string>> = {
  SR: 'a structured report',
  KO: 'a selection of other objects',
  PR: 'a way to show other objects',
  RTSTRUCT: 'a set of structures for radiotherapy',
  RTPLAN: 'a plan of radiotherapy',
  RTRECORD: 'a record of radiotherapy',
  REG: 'a registration of other objects',
  DOC: 'a document',
  ECG: 'waveforms',
  HD: 'waveforms',
  EPS: 'waveforms',
  EEG: 'waveforms',
};

/**
 * What an object says of its pixels, checked as far as it can be without them.
 * @throws {FedwardError} FILE_INVALID where it is no image, or one that can't be read; DATA_MALFORMED where it contradicts
 *   itself
 */
export function imageHeader({ name, dataSet }: DicomObject): ImageHeader {
  const pixels = dataSet.has(0x7fe00010)
    ? 'integers'
    : dataSet.has(0x7fe00008)
      ? 'float32'
      : dataSet.has(0x7fe00009)
        ? 'float64'
        : undefined;
  const described = dataSet.has(0x00280010) || dataSet.has(0x00280004); // rows, photometric interpretation
  if (pixels === undefined || !described) throw refused(name, `there are no pixels in it: ${kindOf(dataSet)}`);

  const number = (tag: number, what: string, otherwise?: number): number => {
    const value = shortsOf(dataSet.get(tag))[0] ?? otherwise;
    if (value === undefined) throw broken(name, `it has pixels, and does not say their ${what}`);
    return value;
  };
  const photometric = textOf(dataSet.get(0x00280004))[0] ?? '';
  if (!readable.includes(photometric)) {
    const safe = /^[A-Z0-9_ ]{1,16}$/.test(photometric) ? photometric : 'that it names';
    throw refused(name, `pixels of the photometric interpretation ${safe} can't be read`);
  }
  const bitsAllocated = number(0x00280100, 'bits allocated');
  const integers = pixels === 'integers';
  const bitsStored = integers ? number(0x00280101, 'bits stored', bitsAllocated) : bitsAllocated;
  const header: ImageHeader = {
    frames: decimalOf(name, dataSet, 0x00280008) ?? 1,
    rows: number(0x00280010, 'rows'),
    columns: number(0x00280011, 'columns'),
    samples: number(0x00280002, 'samples', 1),
    photometric,
    planar: number(0x00280006, 'planes', 0) === 1,
    bitsAllocated,
    bitsStored,
    highBit: integers ? number(0x00280102, 'high bit', bitsStored - 1) : bitsAllocated - 1,
    signed: integers && number(0x00280103, 'sign', 0) === 1,
    pixels,
  };
  check(name, header);
  return header;
}

function check(name: string, header: ImageHeader): void {
  const { frames, rows, columns, samples, photometric, bitsAllocated, bitsStored, highBit, pixels } = header;
  if (!Number.isSafeInteger(frames) || frames < 1) throw broken(name, 'the number of frames is none');
  if (rows === 0 || columns === 0) throw broken(name, `it has ${rows} rows and ${columns} columns`);
  const wanted = colours.includes(photometric) && photometric !== 'PALETTE COLOR' ? 3 : 1;
  if (samples !== wanted) throw broken(name, `${photometric} of ${samples} samples a pixel`);
  const sizes = { integers: [1, 8, 16, 32], float32: [32], float64: [64] }[pixels];
  if (!sizes.includes(bitsAllocated)) throw refused(name, `pixels of ${bitsAllocated} bits can't be read`);
  if (!(bitsStored >= 1 && bitsStored <= bitsAllocated && highBit < bitsAllocated && highBit + 1 >= bitsStored))
    throw broken(name, `${bitsStored} bits stored of ${bitsAllocated}, the highest of which is bit ${highBit}`);
}

function kindOf(dataSet: DataSet): string {
  const modality = textOf(dataSet.get(0x00080060))[0] ?? '';
  if (Object.hasOwn(noImages, modality)) return `this is ${noImages[modality]} (${modality}) and no image`;
  return dataSet.has(0x54000100) ? 'these are waveforms and no image' : 'this is no image';
}
