/** Deltas of one release of noise other than the Gaussian, exact for neighbours that exist. */

/**
 * The delta of one number with Laplace noise, moved by its whole sensitivity: 1 - e^((epsilon - 1/z) / 2), the
 * probability of an outcome beyond the point where its privacy loss is epsilon, less the neighbour's.
 *
 * @param noiseMultiplier z, scale over sensitivity, > 0
 * @param epsilon >= 0
 */
export function laplaceDelta(noiseMultiplier: number, epsilon: number): number {
  return Math.max(0, -Math.expm1((epsilon - 1 / noiseMultiplier) / 2));
}

/**
 * The delta of one integer with discrete Gaussian noise, moved by its whole sensitivity, an integer: the sum of
 * max(0, p(x) - e^epsilon q(x)) over the integers that carry all the mass but 1e-40 of it.
 */
export function discreteGaussianDelta(sigma: number, sensitivity: number, epsilon: number): number {
  const reach = Math.ceil(14 * sigma) + sensitivity;
  const weight = (x: number): number => Math.exp((-x * x) / (2 * sigma * sigma));
  let total = 0;
  for (let x = -reach; x <= reach; x++) total += weight(x);
  const scale = Math.exp(epsilon);
  let sum = 0;
  for (let x = -reach; x <= reach + sensitivity; x++)
    sum += Math.max(0, weight(x - sensitivity) - scale * weight(x)) / total;
  return sum;
}

/**
 * The delta, on a Poisson sample, of a data set with a record more than its neighbour: q times that of the release
 * itself at ln(1 + (e^epsilon - 1) / q) (Balle, Barthe and Gaboardi 2018, theorem 8, which is met).
 */
export function sampledDelta(samplingProbability: number, truth: (epsilon: number) => number, epsilon: number): number {
  return samplingProbability * truth(Math.log1p(Math.expm1(epsilon) / samplingProbability));
}
