import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

interface Encoder {
  getDecodedBuffer(info: object): Uint8Array;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
  setQuality?(lossless: boolean, quality: number): void;
}

/** How pixels are handed to an encoder. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly bits: number;
  readonly signed?: boolean;
  /** Pixel by pixel; of JPEG-LS in planes. */
  readonly values: ArrayLike<number>;
}

const encoders = { 'jpeg-ls': ['codec-charls', 'JpegLSEncoder'], htj2k: ['codec-openjph', 'HTJ2KEncoder'] } as const;

/** A codestream as the codec's own encoder writes it, without loss. */
export async function encode(format: keyof typeof encoders, pixels: Pixels): Promise<Uint8Array> {
  const [name, className] = encoders[format];
  const entry = `@cornerstonejs/${name}/wasmjs`;
  const { default: factory } = (await import(/* @vite-ignore */ entry)) as {
    default: (options: object) => Promise<Record<string, new () => Encoder>>;
  };
  const wasmBinary = await readFile(createRequire(import.meta.url).resolve(`@cornerstonejs/${name}/wasm`));
  const encoder = new (await factory({ wasmBinary, print: () => undefined }))[className]!();
  const { width, height, components, bits, signed = false, values } = pixels;
  const typed = bits > 8 ? Uint16Array.from(values, (value) => value & 0xffff) : Uint8Array.from(values);
  const size = { width, height, componentCount: components };
  const into = encoder.getDecodedBuffer({
    ...size,
    bitsPerSample: bits,
    isSigned: signed,
    isUsingColorTransform: false,
  });
  into.set(new Uint8Array(typed.buffer));
  encoder.setQuality?.(true, 0);
  encoder.encode();
  return Uint8Array.from(encoder.getEncodedBuffer());
}

/** A segment of a JPEG stream. */
const segment = (marker: number, ...content: number[]): number[] => [0xff, marker, 0, content.length + 2, ...content];

/**
 * A JPEG stream of one block of 8 x 8, each component of one value: 128 and a difference of 32 to 63, up or down, or 0.
 * @param more segments after the beginning
 * @param depth bits of a sample; with 12 the values are 2048 and the differences
 */
export function flatJpeg(
  differences: readonly number[],
  more: readonly number[] = [],
  frame = 0xc0,
  depth = 8,
): Uint8Array {
  const bits = differences.map((difference) => {
    if (difference === 0) return '00'; // category 0, end of block
    const value = difference > 0 ? difference : difference + 63;
    return `10${value.toString(2).padStart(6, '0')}0`; // category 6, end of block
  });
  const joined = bits.join('');
  const whole = joined.padEnd(Math.ceil(joined.length / 8) * 8, '1');
  const data = whole.match(/.{8}/g)!.map((byte) => parseInt(byte, 2));
  const counts = (...lengths: number[]) => [...lengths, ...new Array<number>(16 - lengths.length).fill(0)];
  const ids = differences.map((_, i) => i + 1);
  return Uint8Array.of(
    ...[0xff, 0xd8, ...more],
    ...segment(0xdb, 0, ...new Array<number>(64).fill(8)),
    ...segment(frame, depth, 0, 8, 0, 8, ids.length, ...ids.flatMap((id) => [id, 0x11, 0])),
    ...segment(0xc4, 0x00, ...counts(1, 1), 0, 6),
    ...segment(0xc4, 0x10, ...counts(1), 0),
    ...segment(0xda, ids.length, ...ids.flatMap((id) => [id, 0]), 0, 63, 0),
    ...data.flatMap((byte) => (byte === 0xff ? [0xff, 0] : [byte])),
    ...[0xff, 0xd9],
  );
}

/** What JFIF begins with, and what Adobe does: colours are YCbCr (1) or RGB (0). */
export const jfif = segment(0xe0, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0);
export const adobe = (transform: number) => segment(0xee, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, transform);
