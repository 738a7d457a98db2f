import { dropoutLane, KeystreamWords, type Random } from '@fedward/core';
import type { Dropout } from './layer.js';

/**
 * Dropout of one step, by example: value i of a layer's [batch, ...shape], row-major, is dropped where word i of the
 * client's keystream at this step and layer is below rate * 2^32.
 */
export function stepDropout(random: Random, step: number): (example: number) => Dropout {
  const lanes = new Map<number, KeystreamWords>();
  return (example) => (layer, rate, size) => {
    const words = lanes.get(layer) ?? new KeystreamWords({ key: random.key(), rounds: 8 }, step, dropoutLane + layer);
    lanes.set(layer, words);
    return Float64Array.from({ length: size }, (_, i) =>
      words.word(example * size + i) < rate * 2 ** 32 ? 0 : 1 / (1 - rate),
    );
  };
}
