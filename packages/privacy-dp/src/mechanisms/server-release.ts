import type { Aggregate } from '@fedward/core';

/**
 * The mean of a round from a sum of clipped updates that each count once: (sum + noise) / divisor. The divisor is a public
 * constant, the expected number of updates. Fewer updates than that give a smaller mean, with all of the noise.
 *
 * @param addNoise adds to the sum, in place
 */
export function releaseMean(
  { payload, count }: Aggregate,
  divisor: number,
  addNoise: (sum: Float64Array) => void,
): Aggregate {
  const sum = payload.slice();
  addNoise(sum);
  return { payload: sum, divisor, count };
}
