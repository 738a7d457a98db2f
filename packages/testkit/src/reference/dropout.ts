import { dropoutLane, KeystreamWords, type Keystream } from '@fedward/core';
import type { Dropout } from './layer.js';

/**
 * Dropout of one step, by example: value i of a layer's [batch, ...shape], row-major, is dropped where word i of the
 * client's keystream of masks at this step and layer is below rate * 2^32.
 */
export function stepDropout(masks: Keystream, step: number): (example: number) => Dropout {
  const lanes = new Map<number, KeystreamWords>();
  return (example) => (layer, rate, size) => {
    const words = lanes.get(layer) ?? new KeystreamWords(masks, step, dropoutLane + layer);
    lanes.set(layer, words);
    return Float64Array.from({ length: size }, (_, i) =>
      words.word(example * size + i) < rate * 2 ** 32 ? 0 : 1 / (1 - rate),
    );
  };
}
