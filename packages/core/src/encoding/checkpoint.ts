import { sha256 } from '../base/digest.js';
import { FedwardError } from '../base/errors.js';
import type { Checkpoint } from '../interfaces/stores.js';
import { canonicalJson } from '../base/json.js';
import { decodeSafetensors, encodeSafetensors } from './safetensors.js';
import type { State } from '../base/state.js';

type FloatArray = Float32Array | Float64Array;

/**
 * A checkpoint as one safetensors file: its arrays as tensors, the rest as JSON in the metadata, with a digest
 * over both. In the JSON an array stands as `{"$tensor": n}`, a number that JSON has no word for as
 * `{"$number": "NaN"}`; a member whose own name begins with $ gets one more.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for what is no `State`
 */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const arrays: FloatArray[] = [];
  const strip = (state: State): unknown => {
    if (state instanceof Float32Array || state instanceof Float64Array) return { $tensor: arrays.push(state) - 1 };
    if (Object.is(state, -0)) return { $number: '-0' };
    if (typeof state === 'number' && !Number.isFinite(state)) return { $number: String(state) };
    return mapMembers(state, strip, (key) => (key.startsWith('$') ? `$${key}` : key));
  };
  return encodeParts(canonicalJson({ ...checkpoint, state: strip(checkpoint.state) }), arrays);
}

/** @throws {FedwardError} CHECKPOINT_INVALID for bytes that are not a whole, undamaged checkpoint */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  try {
    const { tensors, metadata } = decodeSafetensors(bytes);
    const arrays = tensors.map(({ values }) => values);
    const json = metadata['checkpoint'] ?? '';
    // A checkpoint has one spelling, so that no byte of it can be another.
    if (Buffer.compare(bytes, encodeParts(json, arrays)) !== 0) throw new Error('its digest does not match');
    const restore = (state: State): State => {
      const { $tensor, $number } = Object(state) as { $tensor?: number; $number?: string };
      if ($tensor !== undefined) return arrays[$tensor]!;
      if ($number !== undefined) return Number($number);
      return mapMembers(state, restore, (key) => (key.startsWith('$') ? key.slice(1) : key)) as State;
    };
    const parsed = JSON.parse(json) as Checkpoint;
    return { ...parsed, state: restore(parsed.state) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FedwardError('CHECKPOINT_INVALID', `the checkpoint is damaged: ${why}`, undefined, { cause });
  }
}

/** The value with each member of an array or an object mapped, in the order of their names; anything else as it is. */
function mapMembers(state: State, value: (member: State) => unknown, name: (key: string) => string): unknown {
  if (Array.isArray(state)) return state.map(value);
  if (Object.prototype.toString.call(state) !== '[object Object]') return state;
  const members = state as { readonly [key: string]: State };
  const keys = Object.keys(members).sort();
  return Object.fromEntries(keys.map((key) => [name(key), value(members[key]!)]));
}

function encodeParts(json: string, arrays: readonly FloatArray[]): Uint8Array {
  const tensors = arrays.map((values, index) => ({ name: String(index), shape: [values.length], values }));
  const digests = arrays.map((values) => sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)));
  return encodeSafetensors(tensors, { checkpoint: json, sha256: sha256([sha256(json), ...digests].join('\n')) });
}
