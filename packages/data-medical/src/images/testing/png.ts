import { crc32, deflateSync } from 'node:zlib';

/** A chunk of a PNG file. */
export function chunk(type: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(content.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

export const signature = Buffer.from('89504e470d0a1a0a', 'hex');

/** What an image header holds. */
export function header(width: number, height: number, depth: number, colour: number, interlaced = 0): Buffer {
  const content = Buffer.alloc(13);
  content.writeUInt32BE(width, 0);
  content.writeUInt32BE(height, 4);
  content.set([depth, colour, 0, 0, interlaced], 8);
  return chunk('IHDR', content);
}

/** A whole file. @param rows as they are before they are deflated: a filter, and the bytes of the row */
export function png(head: Buffer, rows: Uint8Array, more: readonly Buffer[] = []): Buffer {
  return Buffer.concat([signature, head, ...more, chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}
