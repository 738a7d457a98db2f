import * as z from 'zod';
import { FedwardError } from '../base/errors.js';
import { assertThat } from '../base/assert.js';

/** One tensor of a safetensors file. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: TensorArray;
}

/** The arrays that are written: F32, F64, U32 and U8. */
export type TensorArray = Float32Array | Float64Array | Uint32Array | Uint8Array;

const types = { F32: Float32Array, F64: Float64Array, U32: Uint32Array, U8: Uint8Array };
type Dtype = keyof typeof types;
const integer = z.int().min(0);
const entrySchema = z.strictObject({
  dtype: z.enum(['F32', 'F64', 'U32', 'U8']),
  shape: z.array(integer),
  data_offsets: z.tuple([integer, integer]),
});
const metadataSchema = z.record(z.string(), z.string()).default({});

/**
 * The safetensors format: 8 bytes of header length (little-endian), a JSON header, the values one after the
 * other. The header is padded with spaces so that values start at a multiple of 8.
 * Source: the format's own description, github.com/huggingface/safetensors, README.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for a name that is taken, or values that are not the shape's
 */
export function encodeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  let end = 0;
  for (const { name, shape, values } of tensors) {
    assertThat(values.length === sizeOf(shape), name, `${name} has the shape [${shape}], and ${values.length} values`);
    end += values.byteLength;
  }
  const header = headerOf(tensors.map(({ name, shape, values }) => ({ name, shape, dtype: dtypeOf(values) })), metadata); // prettier-ignore
  const bytes = new Uint8Array(header.length + end);
  bytes.set(header);
  let offset = header.length;
  for (const { values } of tensors) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += values.byteLength;
  }
  return bytes;
}

/**
 * What stands before the values in a file of float32 tensors, so that a large one can be written or read piece by piece: behind it
 * come the values, tensor after tensor, little-endian.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for a name that is taken
 */
export function safetensorsHeader(
  tensors: readonly Omit<NamedTensor, 'values'>[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  return headerOf(tensors.map(({ name, shape }) => ({ name, shape, dtype: 'F32' })), metadata); // prettier-ignore
}

function headerOf(
  tensors: readonly (Omit<NamedTensor, 'values'> & { readonly dtype: Dtype })[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header = new Map<string, unknown>([['__metadata__', metadata]]);
  let end = 0;
  for (const { name, shape, dtype } of tensors) {
    assertThat(!header.has(name), name, `two tensors are named ${name}`);
    const begin = end;
    end += sizeOf(shape) * types[dtype].BYTES_PER_ELEMENT;
    header.set(name, { dtype, shape, data_offsets: [begin, end] });
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const start = 8 + Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(start).fill(0x20, 8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(text, 8);
  return bytes;
}

/**
 * @param share the bytes are handed over: where they hold one tensor alone, its values are not copied out of them
 * @throws {FedwardError} FILE_INVALID for anything but a whole safetensors file of these types
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  { share = false }: { readonly share?: boolean } = {},
): {
  readonly tensors: readonly NamedTensor[];
  readonly metadata: Readonly<Record<string, string>>;
} {
  const { entries, metadata, start } = readHeader(bytes);
  let end = 0;
  const tensors = entries.map(({ name, dtype, shape, data_offsets: [from, to] }): NamedTensor => {
    const type = types[dtype];
    if (from !== end || to - from !== sizeOf(shape) * type.BYTES_PER_ELEMENT || start + to > bytes.length)
      throw invalid(`tensor ${name} does not fit its place`);
    end = to;
    const at = bytes.byteOffset + start + from;
    if (share && entries.length === 1 && at % type.BYTES_PER_ELEMENT === 0)
      return { name, shape, values: new type(bytes.buffer as ArrayBuffer, at, sizeOf(shape)) };
    // A copy in its own buffer: `slice` of a Node.js Buffer would be a view of the whole pool.
    return { name, shape, values: new type(new Uint8Array(bytes.subarray(start + from, start + to)).buffer) };
  });
  if (start + end !== bytes.length) throw invalid('bytes behind the last tensor');
  return { tensors, metadata };
}

/** The header, its tensors in the order of their places, and where the values start. */
function readHeader(bytes: Uint8Array) {
  if (bytes.length < 8) throw invalid('shorter than its header');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(bytes.length - 8)) throw invalid('shorter than its header');
  const start = 8 + Number(length);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start));
    const { __metadata__, ...tensors } = JSON.parse(text) as Record<string, unknown>;
    const entries = Object.entries(tensors)
      .map(([name, entry]) => ({ name, ...entrySchema.parse(entry) }))
      .sort((a, b) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1]);
    return { entries, metadata: metadataSchema.parse(__metadata__), start };
  } catch (cause) {
    throw invalid('its header is not one', cause);
  }
}

function dtypeOf(values: TensorArray): Dtype {
  return (Object.keys(types) as Dtype[]).find((dtype) => values instanceof types[dtype])!;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

function invalid(why: string, cause?: unknown): FedwardError {
  return new FedwardError('FILE_INVALID', `not a safetensors file: ${why}`, undefined, { cause });
}
