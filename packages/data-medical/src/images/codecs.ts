import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { FedwardError } from '@fedward/core';
import { broken } from './failure.js';
import type { Codestream } from './codestream.js';

/** What the decoders of @cornerstonejs have in common. */
interface WasmDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getDecodedBuffer(): Uint8Array;
  getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number; isSigned?: boolean };
  /** Of JPEG-LS: 0 where components stand in planes. */
  getInterleaveMode?(): number;
  delete(): void;
}
type Factory = (options: object) => Promise<Record<string, new () => WasmDecoder>>;

/** A codec that is installed where its files are met, and no sooner. */
export interface Codec {
  /** What it decodes, for messages. */
  readonly format: string;
  /** npm's name. */
  readonly package: string;
  readonly entry: string;
  readonly wasm: string;
  readonly decoder: string;
}
const codec = (format: string, name: string, decoder: string, decodeOnly = true): Codec => ({
  format,
  package: `@cornerstonejs/${name}`,
  entry: `@cornerstonejs/${name}/${decodeOnly ? 'decodewasmjs' : 'wasmjs'}`,
  wasm: `@cornerstonejs/${name}/${decodeOnly ? 'decodewasm' : 'wasm'}`,
  decoder,
});
export const jpegCodec = codec('JPEG', 'codec-libjpeg-turbo-8bit', 'JPEGDecoder');
export const jpegLsCodec = codec('JPEG-LS', 'codec-charls', 'JpegLSDecoder');
export const jpeg2000Codec = codec('JPEG 2000', 'codec-openjpeg', 'J2KDecoder');
export const htj2kCodec = codec('HTJ2K', 'codec-openjph', 'HTJ2KDecoder', false);

/** One decoded image. */
export interface Decoded {
  /** 1 or 2 bytes a sample, in the order of this machine. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly bitsPerSample: number;
  readonly signed: boolean;
  /** Components one after the other instead of pixel by pixel. */
  readonly planes: boolean;
}

/**
 * Decodes one codestream, whose own words on its size were checked before.
 * @throws {FedwardError} CONFIG_INVALID where the codec's package is not installed; DATA_MALFORMED where it gives up, or
 *   has not decoded what the stream said
 */
export async function decode(name: string, codec: Codec, bytes: Uint8Array, stream: Codestream): Promise<Decoded> {
  const Decoder = await loaded(codec);
  let decoder: WasmDecoder | undefined;
  try {
    decoder = new Decoder();
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
    const { width, height, bitsPerSample, componentCount, isSigned = false } = decoder.getFrameInfo();
    const found = decoder.getDecodedBuffer();
    const size = width * height * componentCount * (bitsPerSample <= 8 ? 1 : 2);
    if (width !== stream.width || height !== stream.height || found.length < size || bitsPerSample > 16)
      throw broken(name, `the ${codec.format} data are not what they say of themselves`);
    if (componentCount !== stream.components)
      throw broken(name, `the ${codec.format} data have ${componentCount} components and not ${stream.components}`);
    // A copy: what is in the codec's memory is overwritten by the next image.
    const copy = Uint8Array.from(found.subarray(0, size)); // a codec may hand out a clamped array
    const planes = decoder.getInterleaveMode?.() === 0;
    decoder.delete();
    return { bytes: copy, bitsPerSample, signed: isSigned, planes };
  } catch (error) {
    instances.delete(codec.package); // it may be in any state now
    if (error instanceof Error && error.name === 'FedwardError') throw error;
    throw broken(name, `the ${codec.format} data are damaged: they can't be decoded`);
  }
}

const instances = new Map<string, Promise<new () => WasmDecoder>>();

function loaded(codec: Codec): Promise<new () => WasmDecoder> {
  let instance = instances.get(codec.package);
  if (!instance) {
    instance = load(codec);
    instances.set(codec.package, instance);
    instance.catch(() => instances.delete(codec.package));
  }
  return instance;
}

async function load({ format, package: name, entry, wasm, decoder }: Codec): Promise<new () => WasmDecoder> {
  try {
    const module = (await import(/* @vite-ignore */ entry)) as { readonly default: Factory };
    const wasmBinary = await readFile(createRequire(import.meta.url).resolve(wasm));
    const silent = () => undefined; // codecs print on stdout, which is others'
    return (await module.default({ wasmBinary, print: silent, printErr: silent }))[decoder]!;
  } catch (cause) {
    throw notInstalled(format, name, cause);
  }
}

/** The error for a codec that is not there. */
export function notInstalled(format: string, name: string, cause: unknown): FedwardError {
  const why = (cause as NodeJS.ErrnoException | undefined)?.code;
  const absent = why === 'ERR_MODULE_NOT_FOUND' || why === 'MODULE_NOT_FOUND';
  return new FedwardError(
    'CONFIG_INVALID',
    `${format} images need the package ${name}, which ${absent ? `is not installed: npm install ${name}` : "can't be loaded"}`,
    name,
    { cause },
  );
}
