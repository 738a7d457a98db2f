import assert from 'node:assert/strict';

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Root of the mean square: the standard deviation of draws whose mean is known to be 0. */
export function rootMeanSquare(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum / values.length);
}

/** Pearson's correlation of two samples with mean 0. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let product = 0;
  for (let i = 0; i < a.length; i++) product += a[i]! * b[i]!;
  return product / (a.length * rootMeanSquare(a) * rootMeanSquare(b));
}

/**
 * Fails unless draws look like independent normals with mean 0 and this standard deviation. Each statistic may
 * be six of its own standard errors off: a sound source fails once in about 10^8 runs, and a seeded one never.
 */
export function assertGaussian(draws: ArrayLike<number>, standardDeviation: number, what: string): void {
  const n = draws.length;
  const errors = 6;
  const found = rootMeanSquare(draws);
  assert.ok(
    Math.abs(found / standardDeviation - 1) <= errors / Math.sqrt(2 * n),
    `${what}: expected the standard deviation ${standardDeviation}, found ${found} in ${n} draws`,
  );
  const centre = mean(draws);
  assert.ok(
    Math.abs(centre) <= (errors * standardDeviation) / Math.sqrt(n),
    `${what}: expected the mean 0, found ${centre} in ${n} draws`,
  );
  let fourth = 0;
  let neighbours = 0;
  for (let i = 0; i < n; i++) {
    fourth += (draws[i]! / standardDeviation) ** 4 / n;
    if (i > 0) neighbours += (draws[i]! * draws[i - 1]!) / standardDeviation ** 2 / n;
  }
  assert.ok(
    Math.abs(fourth - 3) <= errors * Math.sqrt(96 / n),
    `${what}: expected a normal's fourth moment 3, found ${fourth}: the noise is not Gaussian`,
  );
  assert.ok(
    Math.abs(neighbours) <= errors / Math.sqrt(n),
    `${what}: neighbours are correlated (${neighbours}): the noise is not independent`,
  );
}
