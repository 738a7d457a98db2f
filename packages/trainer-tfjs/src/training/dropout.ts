import type { Random } from '@fedward/core';
import type { DropoutMasks } from '../model/layer.js';

/**
 * Masks of one step, each from the client's stream at ('dropout', step, layer): what one layer draws does not
 * depend on what ran before it.
 */
export function dropoutMasks(random: Random, step: number): DropoutMasks {
  return (layer, rate, size) => {
    const stream = random.fork('dropout', step, layer);
    const kept = 1 / (1 - rate);
    const mask = new Float32Array(size);
    for (let i = 0; i < size; i++) mask[i] = stream.uniform() < rate ? 0 : kept;
    return mask;
  };
}
