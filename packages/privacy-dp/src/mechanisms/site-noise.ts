import type { NoiseSource, Update } from '@fedward/core';
import { numbersOf } from './update-clipping.js';

/**
 * An update with Gaussian noise on each of its numbers, drawn and added in float64, in the element type that it came in.
 *
 * @param deviation standard deviation, >= 0
 * @param mechanism whose noise it is, for messages
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for words (u32)
 */
export function withNoise(update: Update, noise: NoiseSource, deviation: number, mechanism: string): Update {
  const values = numbersOf(update, mechanism);
  const noisy = Float64Array.from(values);
  noise.addGaussian(noisy, deviation);
  const { layout } = update.payload;
  return { ...update, payload: { layout, values: values instanceof Float32Array ? Float32Array.from(noisy) : noisy } };
}
