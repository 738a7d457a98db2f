import { jpegCodec, decode } from './codecs.js';
import { jpegStream, type JpegStream } from './codestream.js';
import { decodeExtended } from './jpeg-extended.js';
import { assertFits, broken, mostValues, refused } from './failure.js';
import type { Picture } from './picture.js';

/** A progressive image has about ten; each goes over all of it, and thousands are made to keep a reader busy. */
const mostScans = 64;

/**
 * A JPEG file: of 8 bits baseline, extended or progressive, grey or colour (as RGB); of 12 bits extended and grey.
 *
 * @param name of the file, for messages
 * @throws {FedwardError} DATA_MALFORMED where it is damaged or cut short; FILE_INVALID for colour of 12 bits, lossless or
 *   arithmetic coding, four components, and more than `maximumValues`; CONFIG_INVALID without the codec's package
 */
export async function readJpeg(name: string, bytes: Uint8Array, maximumValues = mostValues): Promise<Picture> {
  const stream = jpegStream(name, bytes);
  const { width, height, components } = stream;
  if (components !== 1 && components !== 3)
    throw refused(name, `a JPEG image of ${components} components can't be read`);
  assertFits(name, [height, width, components], maximumValues);
  return {
    height,
    width,
    channels: components,
    depth: stream.precision,
    values: await decodeJpeg(name, bytes, stream),
  };
}

/**
 * The pixels of a JPEG stream, colours as RGB.
 * @throws {FedwardError} as `readJpeg`
 */
export async function decodeJpeg(
  name: string,
  bytes: Uint8Array,
  stream: JpegStream,
): Promise<Uint8Array | Uint16Array> {
  const { frame, precision, scans } = stream;
  if (precision !== 8) return decodeExtended(name, bytes, stream);
  if (frame > 0xc2) throw refused(name, `JPEG of the frame type SOF${frame - 0xc0} can't be decoded`);
  if (scans > mostScans) throw broken(name, `${scans} scans in one JPEG image`);
  return (await decode(name, jpegCodec, bytes, stream)).bytes;
}

/**
 * A JPEG stream whose colours are taken for what DICOM says that they are. Codecs go by markers in the stream, and where
 * there are none they guess; Adobe's marker is the one that all of them obey. One that stands there stays.
 *
 * @param ycbcr the components are YCbCr; else RGB
 */
export function withColours(bytes: Uint8Array, { adobe, jfif, components }: JpegStream, ycbcr: boolean): Uint8Array {
  if (components !== 3 || adobe !== undefined) return bytes;
  const marker = Uint8Array.of(0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, ycbcr ? 1 : 0);
  const parts: Uint8Array[] = [bytes.subarray(0, 2), marker];
  let from = 2;
  for (const [start, end] of jfif) {
    parts.push(bytes.subarray(from, start)); // JFIF means YCbCr, and would win
    from = end;
  }
  parts.push(bytes.subarray(from));
  return Buffer.concat(parts);
}
