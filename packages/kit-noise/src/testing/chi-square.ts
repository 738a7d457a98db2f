/**
 * Pearson's chi-square of integers against a distribution, as a standard normal deviate (Wilson and Hilferty 1931):
 * above 6 for one true sample in 10^9. Integers that are expected less than ten times are taken together.
 *
 * @param probability of each integer
 * @param reach integers beyond -reach and reach have a negligible probability
 */
export function chiSquareDeviate(
  sample: ArrayLike<number>,
  probability: (integer: number) => number,
  reach: number,
): number {
  const counts = new Map<number, number>();
  for (let i = 0; i < sample.length; i++) counts.set(sample[i]!, (counts.get(sample[i]!) ?? 0) + 1);
  let [statistic, cells, covered, expectedInCells] = [0, 0, 0, 0];
  for (let x = -reach; x <= reach; x++) {
    const expected = sample.length * probability(x);
    if (expected < 10) continue;
    const count = counts.get(x) ?? 0;
    statistic += (count - expected) ** 2 / expected;
    cells++;
    covered += count;
    expectedInCells += expected;
  }
  const expectedRest = sample.length - expectedInCells;
  if (expectedRest > 1) {
    statistic += (sample.length - covered - expectedRest) ** 2 / expectedRest;
    cells++;
  }
  const freedom = cells - 1;
  const spread = 2 / (9 * freedom);
  return (Math.cbrt(statistic / freedom) - (1 - spread)) / Math.sqrt(spread);
}

/** Where `chiSquareDeviate` of a true sample never comes, for randomness that no seed repeats. */
export const neverByChance = 6;

/** Probabilities of N_Z(0, sigma^2): e^(-x^2 / (2 sigma^2)) over their sum. */
export function discreteGaussianProbabilities(sigmaSquared: number): (integer: number) => number {
  const weight = (x: number): number => Math.exp((-x * x) / (2 * sigmaSquared));
  let sum = 1;
  for (let x = 1; weight(x) > 0; x++) sum += 2 * weight(x);
  return (x) => weight(x) / sum;
}
