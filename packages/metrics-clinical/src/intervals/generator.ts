import { Random } from '@fedward/core';

/**
 * Words of 32 bits from sfc32 (C. Doty-Humphrey's PractRand), under a key of core's seeded `Random`, which takes ten times as
 * long for each of the millions of draws.
 */
export function words(seed: number, use: string): () => number {
  const key = new Random(seed).fork(use).key();
  let [a, b, c, counter] = [key[0]!, key[1]!, key[2]!, key[3]!];
  return () => {
    const out = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + out;
    c |= 0;
    return out >>> 0;
  };
}
