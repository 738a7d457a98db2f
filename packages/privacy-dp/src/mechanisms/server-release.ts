import type { Aggregate, Parameters } from '@fedward/core';

/**
 * The mean change of a round, from a sum of clipped updates that each count once: (sum of changes + noise) / divisor,
 * on top of what was sent. The divisor is a public constant, the expected number of updates. Fewer updates than that give
 * a smaller change, with all of the noise.
 *
 * @param aggregate sum of the updates' weights, each with the weight 1
 * @param addNoise adds to the sum of changes, in place
 */
export function releaseChange(
  { payload, count }: Aggregate,
  sent: Parameters,
  divisor: number,
  addNoise: (sum: Float64Array) => void,
): Aggregate {
  const sum = payload.map((x, i) => x - count * sent.values[i]!);
  addNoise(sum);
  return { payload: sum.map((x, i) => divisor * sent.values[i]! + x), divisor, count };
}
