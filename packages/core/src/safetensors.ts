import { FedwardError } from './errors.js';

export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
}

const types = { F32: Float32Array, F64: Float64Array } as const;

/**
 * The safetensors format: 8 bytes of header length (little-endian), a JSON header, the values one after the
 * other. The header is padded with spaces so that values start at a multiple of 8.
 * Source: the format's own description, github.com/huggingface/safetensors, README.
 */
export function encodeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  let end = 0;
  const entries = tensors.map(({ name, shape, values }) => {
    const begin = end;
    end += values.byteLength;
    return [name, { dtype: values instanceof Float64Array ? 'F64' : 'F32', shape, data_offsets: [begin, end] }];
  });
  const json = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
  const text = new TextEncoder().encode(json);
  const headerSize = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerSize + end).fill(0x20, 8, 8 + headerSize);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerSize), true);
  bytes.set(text, 8);
  let offset = 8 + headerSize;
  for (const { values } of tensors) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += values.byteLength;
  }
  return bytes;
}

/** @throws {FedwardError} FILE_INVALID for anything but a whole safetensors file of F32 and F64 tensors */
export function decodeSafetensors(bytes: Uint8Array): {
  readonly tensors: readonly NamedTensor[];
  readonly metadata: Readonly<Record<string, string>>;
} {
  const { __metadata__: metadata = {}, ...entries } = readHeader(bytes);
  const dataStart = 8 + headerLength(bytes);
  let end = 0;
  const tensors = Object.entries(entries)
    .sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0])
    .map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [from, to],
        },
      ]): NamedTensor => {
        const type = types[dtype];
        const size = shape.reduce((product, n) => product * n, 1);
        if (!type || from !== end || to - from !== size * type.BYTES_PER_ELEMENT || dataStart + to > bytes.length)
          throw invalid(`tensor ${name} does not fit its place`);
        end = to;
        return { name, shape, values: new type(bytes.slice(dataStart + from, dataStart + to).buffer) };
      },
    );
  if (dataStart + end !== bytes.length) throw invalid('bytes behind the last tensor');
  return { tensors, metadata: metadata as Record<string, string> };
}

type Header = Record<string, { dtype: keyof typeof types; shape: number[]; data_offsets: [number, number] }>;

function headerLength(bytes: Uint8Array): number {
  if (bytes.length < 8) throw invalid('shorter than its header');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(bytes.length - 8)) throw invalid('shorter than its header');
  return Number(length);
}

function readHeader(bytes: Uint8Array): Header & { __metadata__?: unknown } {
  const text = bytes.subarray(8, 8 + headerLength(bytes));
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text)) as Header;
  } catch (cause) {
    throw invalid('its header is not JSON', cause);
  }
}

function invalid(why: string, cause?: unknown): FedwardError {
  return new FedwardError('FILE_INVALID', `not a safetensors file: ${why}`, undefined, { cause });
}
