import { largest, smallest } from '@fedward/core';

/**
 * The largest whole number c >= 1 of records to count with at the most, so that no hospital has more than its share of what
 * all of them count: c <= kappa sum_i min(n_i, c). Of fewer hospitals than 1 / kappa there is none: then the smallest number
 * of records, so that all count the same.
 *
 * @param records n_i >= 1, of at least one hospital
 * @param mostShare kappa in (0, 1]
 */
export function mostCounted(records: readonly number[], mostShare: number): number {
  const most = largest(records);
  const fits = (c: number): boolean =>
    c <= mostShare * records.reduce((sum, n) => sum + Math.min(n, c), 0) * (1 + 1e-12);
  // sum_i min(n_i, c) / c falls as c grows: what fits, fits for all that is smaller.
  if (!fits(1)) return smallest(records);
  let [low, high] = [1, most + 1];
  while (high - low > 1) {
    const half = Math.floor((low + high) / 2);
    if (fits(half)) low = half;
    else high = half;
  }
  return low;
}
