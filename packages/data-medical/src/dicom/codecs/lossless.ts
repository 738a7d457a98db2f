import { notInstalled } from '../../images/codecs.js';
import type { JpegStream } from '../../images/codestream.js';
import { broken } from '../../images/failure.js';

const packageName = 'jpeg-lossless-decoder-js';

/** What is used of that package, which brings no types. */
interface LosslessDecoder {
  readonly numComp: number;
  readonly xDim: number;
  readonly yDim: number;
  decode(buffer: ArrayBufferLike, offset: number, length: number, bytesASample: number): Uint8Array | Uint16Array;
}

/**
 * JPEG Lossless (ITU-T T.81, process 14), pixel by pixel.
 * @throws {FedwardError} DATA_MALFORMED; CONFIG_INVALID where the package is not installed
 */
export async function decodeLossless(
  name: string,
  bytes: Uint8Array,
  stream: JpegStream,
): Promise<Uint8Array | Uint16Array> {
  const size = stream.width * stream.height * stream.components;
  // Each sample has at least one bit: what is shorter can't be whole, and gets no memory.
  if (stream.frame !== 0xc3 || bytes.length * 8 < size) throw broken(name, 'the JPEG Lossless data are cut short');
  const module = (await import(/* @vite-ignore */ packageName).catch((cause: unknown) => {
    throw notInstalled('JPEG Lossless', packageName, cause);
  })) as { readonly Decoder: new () => LosslessDecoder };
  const own = bytes.slice(); // it reads from the start of a buffer
  let values: Uint8Array | Uint16Array;
  try {
    values = new module.Decoder().decode(own.buffer, 0, own.length, stream.precision <= 8 ? 1 : 2);
  } catch {
    throw broken(name, "the JPEG Lossless data are damaged: they can't be decoded");
  }
  if (values.length !== size) throw broken(name, 'the JPEG Lossless data are not what they say of themselves');
  return values;
}
