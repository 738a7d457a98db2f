import { dropoutLane, KeystreamWords, type Keystream } from '../random/keystream.js';

/** Dropout's factors (0 or 1 / (1 - rate)) for the layer at this position; none are drawn outside training. */
export type DropoutMasks = (layer: number, rate: number, size: number) => Float32Array;

/**
 * Masks of one step, from a keystream (`maskKeystream` of core) at that step and the layer's lane, so that every trainer drops the
 * same: value i of [batch, ...shape], row after row, where word i is below rate 2^32.
 */
export function dropoutMasks(keystream: Keystream, step: number): DropoutMasks {
  return (layer, rate, size) => {
    const words = new KeystreamWords(keystream, step, dropoutLane + layer);
    const kept = 1 / (1 - rate);
    const threshold = rate * 2 ** 32;
    const mask = new Float32Array(size);
    for (let i = 0; i < size; i++) mask[i] = words.word(i) < threshold ? 0 : kept;
    return mask;
  };
}
