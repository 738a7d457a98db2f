import { FedwardError } from '@fedward/core';
import type { NumberList } from './number-list.js';
import type { RawMessage } from './read-message.js';

/** Numbers in the order of the last axis first. Half precision is read as float32; whole numbers are exact to 2^53. */
export interface OnnxTensor {
  readonly name: string;
  readonly type: 'float32' | 'float64' | 'int32' | 'int64' | 'bool';
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array | Int32Array;
}

/** Of an element in `raw_data`: its bytes, what it is read as, and in which list it stands else. */
const kinds = {
  1: { type: 'float32', bytes: 4, list: 'float_data', array: Float32Array },
  6: { type: 'int32', bytes: 4, list: 'int32_data', array: Int32Array },
  7: { type: 'int64', bytes: 8, list: 'int64_data', array: Float64Array },
  9: { type: 'bool', bytes: 1, list: 'int32_data', array: Int32Array },
  10: { type: 'float32', bytes: 2, list: 'int32_data', array: Float32Array },
  11: { type: 'float64', bytes: 8, list: 'double_data', array: Float64Array },
  16: { type: 'float32', bytes: 2, list: 'int32_data', array: Float32Array },
} as const;

/** By their numbers in onnx.proto. */
export const dataTypeNames: readonly string[] =
  'undefined float32 uint8 int8 uint16 int16 int32 int64 string bool float16 float64 uint32 uint64 complex64 complex128 bfloat16'.split(
    ' ',
  );

/** What the largest array of one tensor holds: 1 GiB of float32. */
const mostValues = 2 ** 28;

/**
 * A tensor, its numbers copied out of the file.
 * @param name what messages call it
 * @throws {FedwardError} FILE_INVALID for numbers that lie in another file, a type that is not read, and where shape and bytes
 *   differ
 */
export function tensorOf(raw: RawMessage, name: string, file: string): OnnxTensor {
  const refuse = (why: string): never => {
    throw new FedwardError('FILE_INVALID', `${file}: tensor ${JSON.stringify(name)} ${why}`, name);
  };
  if (Number(raw['data_location'] ?? 0) !== 0 || (raw['external_data'] as unknown[]).length > 0)
    return refuse('lies in another file, and no file is read but this one: export with all weights inside of it');
  if ('segment' in raw) return refuse('is a part of a tensor, which is not read');
  const dataType = Number(raw['data_type'] ?? 0);
  const kind = kinds[dataType as keyof typeof kinds] as (typeof kinds)[keyof typeof kinds] | undefined;
  if (!kind) return refuse(`has elements of type ${dataTypeNames[dataType] ?? dataType}, which are not read`);
  const shape = raw['dims'] as readonly number[];
  if (shape.length > 8 || shape.some((size) => !(size >= 0)))
    return refuse(`has the shape [${shape.slice(0, 20).join()}]`);
  const size = shape.reduce((product, n) => product * n, 1);
  if (!(size <= mostValues)) return refuse(`has the shape [${shape}], more than ${mostValues} values`);

  const bytes = raw['raw_data'] as Uint8Array | undefined;
  const list = (raw[kind.list] as NumberList | undefined)?.values;
  if (bytes !== undefined && bytes.length > 0 && list) return refuse('has its numbers twice');
  const there = list ? list.length : (bytes?.length ?? 0) / kind.bytes;
  if (there !== size) return refuse(`has the shape [${shape}], that is ${size} values, and there are ${there}`);
  const values = new kind.array(size);
  const at = list ? listed(dataType, list) : raws(dataType, bytes ?? new Uint8Array(0));
  for (let i = 0; i < size; i++) values[i] = at(i);
  return { name, type: kind.type, shape, values };
}

/** The largest whole number that is exact. What is beyond stands for "to the end", as in the ends of slices, and is taken as this. */
const largest = Number.MAX_SAFE_INTEGER;
const bounded = (value: number): number => Math.max(-largest, Math.min(value, largest));

function listed(dataType: number, list: ArrayLike<number>): (i: number) => number {
  if (dataType === 7) return (i) => bounded(list[i]!);
  if (dataType === 9) return (i) => (list[i] === 0 ? 0 : 1);
  if (dataType === 10) return (i) => fromHalf(list[i]! & 0xffff);
  if (dataType === 16) return (i) => fromBrainHalf(list[i]! & 0xffff);
  return (i) => list[i]!;
}

function raws(dataType: number, bytes: Uint8Array): (i: number) => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (dataType === 1) return (i) => view.getFloat32(i * 4, true);
  if (dataType === 6) return (i) => view.getInt32(i * 4, true);
  if (dataType === 7) return (i) => bounded(Number(view.getBigInt64(i * 8, true)));
  if (dataType === 9) return (i) => (bytes[i] === 0 ? 0 : 1);
  if (dataType === 10) return (i) => fromHalf(view.getUint16(i * 2, true));
  if (dataType === 11) return (i) => view.getFloat64(i * 8, true);
  return (i) => fromBrainHalf(view.getUint16(i * 2, true));
}

/** IEEE 754 binary16. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

const scratch = new DataView(new ArrayBuffer(4));

/** The upper half of a float32. */
function fromBrainHalf(bits: number): number {
  scratch.setUint32(0, bits * 65_536);
  return scratch.getFloat32(0);
}
