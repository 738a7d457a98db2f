import type { Random } from '@fedward/core';

/**
 * A draw from the Dirichlet distribution: gamma draws over their sum. They are made as logarithms, by
 * G(a) = G(a + 1) U^(1/a) (Marsaglia and Tsang 2000, section 6), since at a concentration of 0.01 most of them
 * are below the smallest float64.
 *
 * @param concentrations each > 0; at least one
 * @returns probabilities that sum to 1
 */
export function dirichlet(concentrations: readonly number[], random: Random): Float64Array {
  const logs = Float64Array.from(
    concentrations,
    (a) => Math.log(random.gamma(a + 1)) + Math.log(1 - random.uniform()) / a,
  );
  const largest = logs.reduce((a, b) => Math.max(a, b), -Infinity);
  const draws = logs.map((x) => Math.exp(x - largest));
  const sum = draws.reduce((a, b) => a + b, 0);
  return draws.map((x) => x / sum);
}

/**
 * An index drawn in proportion to weights, each >= 0; uniform among the eligible where all of these are 0.
 *
 * @param eligible at least one is true
 */
export function drawIndex(weights: ArrayLike<number>, eligible: readonly boolean[], random: Random): number {
  const candidates = eligible.flatMap((is, i) => (is ? [i] : []));
  const total = candidates.reduce((sum, i) => sum + weights[i]!, 0);
  if (!(total > 0)) return candidates[random.integer(0, candidates.length)]!;
  let left = random.uniform() * total;
  for (const i of candidates) {
    left -= weights[i]!;
    if (left < 0) return i;
  }
  return candidates.findLast((i) => weights[i]! > 0)!; // rounding
}
