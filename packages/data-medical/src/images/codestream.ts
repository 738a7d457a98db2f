import { broken } from './failure.js';

/** What a codestream says of itself: codecs take memory by it, so it is held against the header first. */
export interface Codestream {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** Bits a sample. */
  readonly precision: number;
  readonly signed: boolean;
}

/** Of the JPEG family (ITU-T T.81, annex B; T.87 for JPEG-LS). */
export interface JpegStream extends Codestream {
  /** The last byte of the marker that begins the frame: C0 baseline, C1 extended, C2 progressive, C3 lossless, F7 JPEG-LS. */
  readonly frame: number;
  /** What Adobe's marker says of colours: 0 none, 1 YCbCr, 2 YCCK; undefined without the marker. */
  readonly adobe: number | undefined;
  /** Where the segments of JFIF are: [start, end). */
  readonly jfif: readonly (readonly [number, number])[];
  readonly scans: number;
}

/**
 * Walks over the markers of a JPEG or JPEG-LS stream, to its end.
 * @throws {FedwardError} DATA_MALFORMED for what is none, and where no marker says that it ends
 */
export function jpegStream(name: string, bytes: Uint8Array): JpegStream {
  const end = (what: string) => broken(name, `the JPEG data ${what}`);
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw end('have no beginning');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let found: Omit<JpegStream, 'adobe' | 'jfif' | 'scans'> | undefined;
  let adobe: number | undefined;
  const jfif: [number, number][] = [];
  let scans = 0;
  for (let at = 2; ;) {
    if (at + 2 > bytes.length) throw end('are cut short');
    if (bytes[at] !== 0xff) throw end(`have no marker at byte ${at}`);
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++; // filled up
      continue;
    }
    if (marker === 0xd9) break;
    if (at + 4 > bytes.length) throw end('are cut short');
    const length = view.getUint16(at + 2);
    const next = at + 2 + length;
    if (length < 2 || next > bytes.length) throw end('are cut short, or a length in them lies');
    if (isFrame(marker)) {
      if (found) throw end('hold a second image');
      if (length < 8) throw end('have no size');
      found = {
        frame: marker,
        precision: bytes[at + 4]!,
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        components: bytes[at + 9]!,
        signed: false,
      };
    } else if (marker === 0xe0 && textAt(bytes, at + 4, 4) === 'JFIF') jfif.push([at, next]);
    else if (marker === 0xee && length >= 14 && textAt(bytes, at + 4, 5) === 'Adobe') adobe = bytes[at + 15]!;
    if (marker === 0xda) {
      scans++;
      at = afterScan(bytes, next, found?.frame === 0xf7);
    } else at = next;
  }
  if (!found || scans === 0) throw end('hold no image');
  return { ...found, adobe, jfif, scans };
}

/** SOF0 to SOF15, without DHT, JPG and DAC; SOF55 of JPEG-LS. */
function isFrame(marker: number): boolean {
  return (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) || marker === 0xf7;
}

/** The next marker after coded data: FF there is followed by 0, in JPEG-LS by a byte below 128, or by a restart marker. */
function afterScan(bytes: Uint8Array, start: number, ls: boolean): number {
  let at = start;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0 || at + 1 >= bytes.length) return bytes.length;
    const next = bytes[at + 1]!;
    const isData = ls ? next < 0x80 : next === 0;
    if (!isData && !(next >= 0xd0 && next <= 0xd7) && next !== 0xff) return at;
    at += next === 0xff ? 1 : 2;
  }
}

/**
 * The size of a JPEG 2000 codestream (ITU-T T.800, annex A), by itself or in a JP2 file.
 * @throws {FedwardError} DATA_MALFORMED for what is none, and where it does not end as one does
 */
export function jpeg2000Stream(name: string, bytes: Uint8Array): Codestream {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf('ff4fff51', 0, 'hex');
  if (start < 0 || start + 45 > bytes.length) throw broken(name, 'the JPEG 2000 data have no beginning');
  let last = bytes.length;
  if (bytes[last - 1] !== 0xd9) last--; // a byte to an even length, which some writers leave as it was
  while (last > 0 && bytes[last - 1] === 0) last--;
  if (bytes[last - 1] !== 0xd9 || bytes[last - 2] !== 0xff) throw broken(name, 'the JPEG 2000 data are cut short');
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  const [right, bottom, left, top, tileWidth, tileHeight] = [8, 12, 16, 20, 24, 28].map((at) => view.getUint32(at));
  const [width, height] = [right! - left!, bottom! - top!];
  // A codec keeps books on every tile, used or not.
  const tiles = Math.ceil(width / tileWidth!) * Math.ceil(height / tileHeight!);
  if (!(width > 0 && height > 0 && tiles <= mostTiles)) throw broken(name, 'the JPEG 2000 data have no sound size');
  const depth = bytes[start + 42]!;
  return { width, height, components: view.getUint16(40), precision: (depth & 0x7f) + 1, signed: depth > 0x7f };
}

/** As many as a codestream can number. */
const mostTiles = 65_535;

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
