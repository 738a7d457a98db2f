import { expect, it } from 'vitest';
import { discreteGaussianDelta, laplaceDelta, sampledDelta } from './exact-noise.js';

/** The integral of max(0, p - e^epsilon q) with p, on a sample, partly q. */
function integrated(z: number, q: number, epsilon: number): number {
  const density = (x: number) => Math.exp(-Math.abs(x) / z) / (2 * z);
  let sum = 0;
  for (let x = -40 * z; x < 40 * z; x += 1e-3)
    sum += 1e-3 * Math.max(0, (1 - q) * density(x) + q * density(x - 1) - Math.exp(epsilon) * density(x));
  return sum;
}

it('the delta of Laplace noise is the integral of the densities', () => {
  for (const [z, epsilon] of [
    [1, 0.2],
    [2, 0],
    [0.5, 1.5],
  ] as const)
    expect(laplaceDelta(z, epsilon)).toBeCloseTo(integrated(z, 1, epsilon), 5);
  expect(laplaceDelta(2, 0.5)).toBe(0);
  expect(laplaceDelta(2, 3)).toBe(0);
});

it('the delta on a sample is the integral of the mixed densities', () => {
  for (const [z, q, epsilon] of [
    [1, 0.3, 0.2],
    [0.5, 0.1, 0.3],
  ] as const)
    expect(sampledDelta(q, (e) => laplaceDelta(z, e), epsilon)).toBeCloseTo(integrated(z, q, epsilon), 5);
});

it('the delta of discrete Gaussian noise is that of the Gaussian where sigma is large', () => {
  // 1/z = 0.5: Phi(0.25 - 2 epsilon) - e^epsilon Phi(-0.25 - 2 epsilon); at epsilon 0 erf(0.25 / sqrt 2) = 0.197413
  expect(discreteGaussianDelta(20, 10, 0)).toBeCloseTo(0.197413, 3);
  // sigma 0.5, sensitivity 1: by hand the integers 0 and 1 carry nearly all.
  expect(discreteGaussianDelta(0.5, 1, 0)).toBeCloseTo(1 / (1 + 2 * Math.exp(-2) + 2 * Math.exp(-8)), 6);
});
