import { sha256 } from '../base/digest.js';
import { FedwardError, wordsOf } from '../base/errors.js';
import type { State } from '../base/state.js';
import type { Checkpoint } from '../interfaces/stores.js';
import { decodeSafetensors, encodeSafetensors } from './safetensors.js';
import { joinState, splitState, type StateParts } from './state.js';

/**
 * A checkpoint as one safetensors file: its arrays as tensors, the rest as JSON in the metadata, with a digest
 * over both (`splitState`).
 *
 * @throws {FedwardError} ARGUMENT_INVALID for what is no `State`
 */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  return encodeParts(splitState(checkpoint as unknown as State));
}

/** @throws {FedwardError} CHECKPOINT_INVALID for bytes that are not a whole, undamaged checkpoint */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  try {
    const { tensors, metadata } = decodeSafetensors(bytes);
    const parts = { json: metadata['checkpoint'] ?? '', arrays: tensors.map(({ values }) => values) };
    // A checkpoint has one spelling, so that no byte of it can be another.
    if (Buffer.compare(bytes, encodeParts(parts)) !== 0) throw new Error('its digest does not match');
    return joinState(parts) as unknown as Checkpoint;
  } catch (cause) {
    throw new FedwardError('CHECKPOINT_INVALID', `the checkpoint is damaged: ${wordsOf(cause)}`, undefined, { cause });
  }
}

function encodeParts({ json, arrays }: StateParts): Uint8Array {
  const tensors = arrays.map((values, index) => ({ name: String(index), shape: [values.length], values }));
  const digests = arrays.map((values) => sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)));
  return encodeSafetensors(tensors, { checkpoint: json, sha256: sha256([sha256(json), ...digests].join('\n')) });
}
