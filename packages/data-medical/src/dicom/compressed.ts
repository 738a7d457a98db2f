import { decode, htj2kCodec, jpeg2000Codec, jpegLsCodec, type Codec } from '../images/codecs.js';
import { jpeg2000Stream, jpegStream, type Codestream } from '../images/codestream.js';
import { broken } from '../images/failure.js';
import { decodeJpeg, withColours } from '../images/jpeg.js';
import { decodeLossless } from './codecs/lossless.js';
import { decodeRle } from './codecs/rle.js';
import type { ImageHeader } from './image-header.js';
import type { Samples } from './native.js';
import type { PixelCoding } from './transfer-syntaxes.js';

/** One frame out of its codec, pixel by pixel. */
export interface DecodedFrame {
  readonly samples: Samples;
  /** The codec has already turned them into RGB. */
  readonly rgb: boolean;
  /** The sign is in the numbers already; else the header's bits say it. */
  readonly final: boolean;
}

/**
 * Decodes one compressed frame.
 * @throws {FedwardError} DATA_MALFORMED where it is damaged, cut short, or of another size than the header says;
 *   FILE_INVALID for a coding that can't be decoded; CONFIG_INVALID for a codec that is not installed
 */
export async function decodeFrame(
  name: string,
  coding: Exclude<PixelCoding, 'native'>,
  bytes: Uint8Array,
  header: ImageHeader,
): Promise<DecodedFrame> {
  if (coding === 'rle') return { samples: decodeRle(name, bytes, header), rgb: false, final: false };
  if (coding === 'jpeg-2000' || coding === 'htj2k') {
    const stream = fitting(name, jpeg2000Stream(name, bytes), header);
    const decoded = await interleaved(name, coding === 'htj2k' ? htj2kCodec : jpeg2000Codec, bytes, stream);
    const { photometric } = header;
    const rgb = photometric === 'YBR_RCT' || photometric === 'YBR_ICT';
    // The stream's own sign counts; one that has none holds what the header says in as many bits as the stream has.
    const samples = decoded.signed ? decoded.values : withSign(decoded.values, stream.precision, header.signed);
    return { samples, rgb, final: true };
  }
  const stream = fitting(name, jpegStream(name, bytes), header);
  if (coding === 'jpeg-ls') {
    if (stream.frame !== 0xf7) throw broken(name, 'the JPEG-LS data are of another kind');
    return { samples: (await interleaved(name, jpegLsCodec, bytes, stream)).values, rgb: false, final: false };
  }
  if (coding === 'jpeg-lossless')
    return { samples: await decodeLossless(name, bytes, stream), rgb: false, final: false };
  const ycbcr = header.photometric !== 'RGB';
  const samples = await decodeJpeg(name, withColours(bytes, stream, ycbcr), stream);
  return { samples, rgb: true, final: false };
}

/** @throws {FedwardError} DATA_MALFORMED where a codestream is not of the header's size */
function fitting<S extends Codestream>(
  name: string,
  stream: S,
  { rows, columns, samples, bitsAllocated }: ImageHeader,
): S {
  const { width, height, components, precision } = stream;
  if (width !== columns || height !== rows || components !== samples)
    throw broken(
      name,
      `${rows} x ${columns} pixels of ${samples} samples, whose compressed data have ${height} x ${width} of ${components}`,
    );
  if (precision > bitsAllocated || precision > 16)
    throw broken(name, `compressed data of ${precision} bits a sample, where ${bitsAllocated} are allocated`);
  return stream;
}

async function interleaved(
  name: string,
  codec: Codec,
  bytes: Uint8Array,
  stream: Codestream,
): Promise<{ values: Samples; signed: boolean }> {
  const decoded = await decode(name, codec, bytes, stream);
  const { signed } = decoded;
  const size = stream.width * stream.height * stream.components;
  const { buffer } = decoded.bytes;
  const values =
    decoded.bitsPerSample <= 8
      ? new (signed ? Int8Array : Uint8Array)(buffer, 0, size)
      : new (signed ? Int16Array : Uint16Array)(buffer, 0, size);
  return { values: decoded.planes ? pixelByPixel(values, stream.components) : values, signed };
}

/** Samples in planes as they stand for each pixel. */
export function pixelByPixel<S extends Samples>(planes: S, samples: number): S {
  if (samples === 1) return planes;
  const values = planes.slice() as S;
  const size = planes.length / samples;
  for (let i = 0; i < size; i++)
    for (let sample = 0; sample < samples; sample++) values[i * samples + sample] = planes[sample * size + i]!;
  return values;
}

function withSign(values: Samples, bits: number, signed: boolean): Samples {
  if (!signed) return values;
  const shift = 32 - bits;
  return Int32Array.from(values, (value) => (value << shift) >> shift);
}
