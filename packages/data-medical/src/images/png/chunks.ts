import { crc32 } from 'node:zlib';
import { broken, refused } from '../failure.js';

/** What the header of a PNG image says (PNG, third edition, section 11.2.1). */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits a sample: 1, 2, 4, 8, 16. */
  readonly depth: number;
  readonly colour: 'grey' | 'rgb' | 'palette' | 'grey-alpha' | 'rgb-alpha';
  readonly interlaced: boolean;
}

/** The chunks of a PNG file that hold its image; others are not looked into. */
export interface PngChunks {
  readonly header: PngHeader;
  /** [entries, 3]; empty without one. */
  readonly palette: Uint8Array;
  /** Of a palette: the alpha of its first entries; of grey and RGB: the one colour that is transparent. */
  readonly transparency: Uint8Array | undefined;
  /** Still compressed. */
  readonly data: readonly Uint8Array[];
}

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const colours = { 0: 'grey', 2: 'rgb', 3: 'palette', 4: 'grey-alpha', 6: 'rgb-alpha' } as const;
const depths = {
  grey: [1, 2, 4, 8, 16],
  rgb: [8, 16],
  palette: [1, 2, 4, 8],
  'grey-alpha': [8, 16],
  'rgb-alpha': [8, 16],
};

/**
 * Parts a PNG file into its chunks, each of which is checked by its CRC.
 * @throws {FedwardError} DATA_MALFORMED where it is damaged or does not end; FILE_INVALID for what is no PNG file
 */
export function pngChunks(name: string, bytes: Uint8Array): PngChunks {
  if (signature.some((byte, i) => bytes[i] !== byte)) throw refused(name, 'this is no PNG file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: PngHeader | undefined;
  let palette = new Uint8Array();
  let transparency: Uint8Array | undefined;
  const data: Uint8Array[] = [];
  for (let at = signature.length; ;) {
    if (at + 12 > bytes.length) throw broken(name, 'the PNG file is cut short');
    const length = view.getUint32(at);
    if (length > bytes.length - at - 12) throw broken(name, 'the PNG file is cut short, or a length in it lies');
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const content = bytes.subarray(at + 8, at + 8 + length);
    if (crc32(bytes.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length))
      throw broken(name, `a chunk of the PNG file is damaged, at byte ${at}`);
    if (!header && type !== 'IHDR') throw broken(name, 'the PNG file has no header');
    if (type === 'IHDR') header = headerOf(name, content);
    else if (type === 'PLTE') palette = content.slice();
    else if (type === 'tRNS') transparency = content;
    else if (type === 'IDAT') data.push(content);
    else if (type === 'IEND') break;
    else if ((bytes[at + 4]! & 0x20) === 0) throw refused(name, 'a PNG file with a critical chunk that is not known');
    at += 12 + length;
  }
  return { header: header!, palette, transparency, data };
}

function headerOf(name: string, content: Uint8Array): PngHeader {
  if (content.length !== 13) throw broken(name, 'the PNG file has no header');
  const view = new DataView(content.buffer, content.byteOffset, 13);
  const [width, height, depth] = [view.getUint32(0), view.getUint32(4), content[8]!];
  const colour = colours[content[9] as keyof typeof colours] as PngHeader['colour'] | undefined;
  if (width === 0 || height === 0 || !colour || !depths[colour].includes(depth) || content[12]! > 1)
    throw broken(name, 'the header of the PNG file says what can not be');
  return { width, height, depth, colour, interlaced: content[12] === 1 };
}
