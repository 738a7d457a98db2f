import { sha256 } from './digest.js';
import { FedwardError } from './errors.js';
import type { Checkpoint } from './interfaces/stores.js';
import { canonicalJson, type Json } from './json.js';
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from './safetensors.js';
import type { State } from './state.js';

/**
 * A checkpoint as one safetensors file: its arrays as tensors, the rest as JSON in the metadata, where an array
 * stands as `{"$tensor": n}`. A digest over both finds damage.
 */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const tensors: NamedTensor[] = [];
  const strip = (state: State): Json => {
    if (state instanceof Float32Array || state instanceof Float64Array) {
      tensors.push({ name: String(tensors.length), shape: [state.length], values: state });
      return { $tensor: tensors.length - 1 };
    }
    if (Array.isArray(state)) return state.map(strip);
    if (typeof state === 'object' && state !== null)
      return Object.fromEntries(Object.entries(state).map(([key, value]) => [key, strip(value)]));
    return state as Json;
  };
  const json = canonicalJson({ ...checkpoint, state: strip(checkpoint.state) });
  return encodeSafetensors(tensors, { checkpoint: json, sha256: digest(json, tensors) });
}

/** @throws {FedwardError} CHECKPOINT_INVALID for bytes that are not a whole, undamaged checkpoint */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  try {
    const { tensors, metadata } = decodeSafetensors(bytes);
    const json = metadata['checkpoint'] ?? '';
    if (digest(json, tensors) !== metadata['sha256']) throw new Error('its digest does not match');
    const restore = (value: Json): State => {
      if (Array.isArray(value)) return value.map(restore);
      if (typeof value !== 'object' || value === null) return value as State;
      if ('$tensor' in value) return tensors[value['$tensor'] as number]!.values;
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, restore(member)]));
    };
    const parsed = JSON.parse(json) as Checkpoint;
    return { ...parsed, state: restore(parsed.state as Json) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FedwardError('CHECKPOINT_INVALID', `the checkpoint is damaged: ${why}`, undefined, { cause });
  }
}

function digest(json: string, tensors: readonly NamedTensor[]): string {
  const parts = tensors.map(({ values }) =>
    sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  );
  return sha256([sha256(json), ...parts].join('\n'));
}
