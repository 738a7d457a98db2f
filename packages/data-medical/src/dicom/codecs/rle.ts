import { broken } from '../../images/failure.js';
import type { ImageHeader } from '../image-header.js';
import type { Samples } from '../native.js';

/**
 * One frame of RLE Lossless (PS3.5, annex G): PackBits, one segment for each byte of each sample, the highest first.
 * @returns pixel by pixel, whatever the header says of planes
 * @throws {FedwardError} DATA_MALFORMED
 */
export function decodeRle(name: string, bytes: Uint8Array, header: ImageHeader): Samples {
  const { rows, columns, samples, bitsAllocated } = header;
  const size = rows * columns;
  const width = Math.ceil(bitsAllocated / 8);
  const segments = samples * width;
  if (bytes.length < 64) throw broken(name, 'an RLE frame of fewer than 64 bytes');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = view.getUint32(0, true);
  if (found !== segments) throw broken(name, `${found} RLE segments where there are ${segments} bytes a pixel`);
  // A run has two bytes for at most 128: what is shorter can't be whole, and gets no memory.
  if (bytes.length * 64 < size * segments) throw broken(name, 'an RLE frame is cut short, or its size lies');
  const values = new { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array }[width as 1 | 2 | 4](size * samples);
  const plane = new Uint8Array(size);
  for (let segment = 0; segment < segments; segment++) {
    const start = view.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < segments ? view.getUint32(8 + 4 * segment, true) : bytes.length;
    if (start < 64 || end < start || end > bytes.length) throw broken(name, 'an RLE segment lies outside its frame');
    unpackBits(name, bytes.subarray(start, end), plane);
    const sample = Math.floor(segment / width);
    for (let i = 0; i < size; i++) {
      const at = i * samples + sample;
      values[at] = segment % width === 0 ? plane[i]! : values[at]! * 256 + plane[i]!;
    }
  }
  return values;
}

/** @throws {FedwardError} DATA_MALFORMED where it does not fill `into` */
function unpackBits(name: string, bytes: Uint8Array, into: Uint8Array): void {
  let at = 0;
  let filled = 0;
  while (filled < into.length) {
    const control = bytes[at++];
    if (control === undefined) throw broken(name, 'an RLE segment is cut short');
    if (control === 128) continue;
    const count = control < 128 ? control + 1 : 257 - control;
    if (filled + count > into.length) throw broken(name, 'an RLE segment holds more than its plane');
    if (control < 128) {
      if (at + count > bytes.length) throw broken(name, 'an RLE segment is cut short');
      into.set(bytes.subarray(at, at + count), filled);
      at += count;
    } else {
      const value = bytes[at++];
      if (value === undefined) throw broken(name, 'an RLE segment is cut short');
      into.fill(value, filled, filled + count);
    }
    filled += count;
  }
}
