import type { Random } from '@fedward/core';

/** Levels on either side of 0 that so many bits hold: 127 or 32767. */
export const levelsOf = (bits: 8 | 16): number => 2 ** (bits - 1) - 1;

/** The largest absolute value of a piece, >= 0. */
export function largestOf(values: Float32Array, start: number, end: number): number {
  let largest = 0;
  for (let i = start; i < end; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return largest;
}

/**
 * One of the two levels beside a value, drawn so that its mean is the value: stochastic rounding. What is a level already,
 * as 0 and the largest are, is left as it is, and draws nothing. Exact in float64: a float32 has 24 bits, a level 15.
 *
 * @param scale the largest absolute value around, > 0
 */
export function roundedLevel(value: number, scale: number, levels: number, random: Random): number {
  const exact = (value * levels) / scale;
  const below = Math.floor(exact);
  const rest = exact - below;
  return rest > 0 && random.uniform() < rest ? below + 1 : below;
}
