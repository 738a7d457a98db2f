import { broken } from '../images/failure.js';
import type { DicomObject } from './data-set.js';
import type { ImageHeader } from './image-header.js';

/** Numbers as they stand in a file, before anything is done to them. */
export type Samples =
  Uint8Array | Int8Array | Uint16Array | Uint32Array | Int16Array | Int32Array | Float32Array | Float64Array;

/**
 * Pixels that are not compressed (PS3.5, section 8.1), frame by frame.
 * @returns one frame, its samples in the order of the file
 * @throws {FedwardError} DATA_MALFORMED where there are fewer bytes than rows, columns and frames need
 */
export function nativeFrames({ name, dataSet }: DicomObject, header: ImageHeader): (frame: number) => Samples {
  const { frames, rows, columns, samples, bitsAllocated, photometric, pixels } = header;
  const element = dataSet.get({ integers: 0x7fe00010, float32: 0x7fe00008, float64: 0x7fe00009 }[pixels])!;
  if (element.fragments) throw broken(name, 'the pixels are encapsulated, which its transfer syntax has not');
  const { bigEndian, vr } = element;
  let { bytes } = element;
  // Two pixels share their chroma (PS3.3, section C.7.6.3.1.2): Y Y B R.
  const halved = photometric === 'YBR_FULL_422';
  if (halved && columns % 2 === 1) throw broken(name, `YBR_FULL_422 of ${columns} columns, which is odd`);
  const size = rows * columns * (halved ? 2 : samples);
  const needed = Math.ceil((size * frames * bitsAllocated) / 8);
  if (bytes.length < needed)
    throw broken(name, `${bytes.length} bytes of pixels, and ${needed} are needed: it is cut short, or lies`);
  if (bigEndian && vr === 'OW' && bitsAllocated < 16) bytes = swapped(bytes);
  if (bitsAllocated === 1) return (frame) => bits(bytes, frame * size, size);
  const width = bitsAllocated / 8;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = {
    1: (i: number) => view.getUint8(i),
    2: (i: number) => view.getUint16(2 * i, !bigEndian),
    4: (i: number) => view.getUint32(4 * i, !bigEndian),
    8: (i: number) => view.getFloat64(8 * i, !bigEndian),
  }[width as 1 | 2 | 4 | 8];
  return (frame) => {
    const start = frame * size;
    if (pixels === 'float32') {
      const floats = new Float32Array(size);
      for (let i = 0; i < size; i++) floats[i] = view.getFloat32(4 * (start + i), !bigEndian);
      return floats;
    }
    const values = new { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: Float64Array }[width as 1 | 2 | 4 | 8](size);
    for (let i = 0; i < size; i++) values[i] = read(start + i);
    return values;
  };
}

/** The first pixel is the lowest bit; frames follow each other without a gap (PS3.5, section 8.1.1). */
function bits(bytes: Uint8Array, start: number, size: number): Uint8Array {
  const values = new Uint8Array(size);
  for (let i = 0; i < size; i++) values[i] = (bytes[(start + i) >> 3]! >> ((start + i) & 7)) & 1;
  return values;
}

/** Bytes that were written as words of 16 bits in the other order. */
function swapped(bytes: Uint8Array): Uint8Array {
  return Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16();
}
