import type { BitSource } from '@fedward/kit-noise';

/**
 * One of the two integers beside a value, at random so that the value is their mean (but for 2^-32). For each draw it is a
 * step function of the value that never falls and repeats itself: of x + 1 it is one more than of x.
 *
 * @param value finite, below 2^52; an integer is left as it is
 */
export function roundAtRandom(value: number, source: BitSource): number {
  const floor = Math.floor(value);
  return floor + (source.word() < (value - floor) * 2 ** 32 ? 1 : 0);
}
