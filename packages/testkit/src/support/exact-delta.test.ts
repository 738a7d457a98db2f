import { describe, expect, it } from 'vitest';
import { composedDelta, exactDelta } from './exact-delta.js';

/** Upper tail of the standard normal distribution: the continued fraction of Abramowitz and Stegun 26.2.14, x > 0. */
function upperTail(x: number): number {
  let fraction = 0;
  for (let k = 400; k >= 1; k--) fraction = k / (x + fraction);
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI) / (x + fraction);
}

/** Balle and Wang 2018, theorem 5, with both arguments in the upper tail. */
const analytic = (z: number, epsilon: number): number =>
  upperTail(epsilon * z - 1 / (2 * z)) - Math.exp(epsilon) * upperTail(epsilon * z + 1 / (2 * z));

describe('exactDelta', () => {
  it('is that of the analytic Gaussian mechanism', () => {
    for (const [z, epsilon] of [
      [0.5, 10],
      [1, 1.5],
      [1, 4.377],
      [1.7, 2],
      [4, 1],
      [20, 0.2],
    ] as const) {
      const expected = analytic(z, epsilon);
      for (const adjacency of ['add-or-remove-one', 'replace-one'] as const)
        expect(Math.abs(exactDelta(adjacency, z, 1, epsilon) / expected - 1)).toBeLessThan(1e-4);
    }
  });

  it('is less for a sample, and nothing for nobody', () => {
    for (const adjacency of ['add-or-remove-one', 'replace-one'] as const) {
      expect(exactDelta(adjacency, 1, 0.1, 1)).toBeLessThan(exactDelta(adjacency, 1, 1, 1) / 10);
      expect(exactDelta(adjacency, 1, 0, 0)).toBe(0);
    }
  });

  it('at epsilon 0 is the sampling probability times the total variation', () => {
    const variation = exactDelta('add-or-remove-one', 1, 1, 0);
    expect(exactDelta('add-or-remove-one', 1, 0.3, 0)).toBeCloseTo(0.3 * variation, 8);
  });
});

describe('composedDelta', () => {
  it('is a lower bound, and a close one, of 16 Gaussians, which are one with a quarter of the noise', () => {
    const delta = composedDelta('add-or-remove-one', 6, 1, 4);
    for (const epsilon of [0.5, 1, 2]) {
      const exact = analytic(6 / 4, epsilon);
      expect(delta(epsilon)).toBeLessThanOrEqual(exact);
      expect(delta(epsilon)).toBeGreaterThan(0.85 * exact);
    }
  });

  it('is close to the exact delta of one step on a sample', () => {
    for (const adjacency of ['add-or-remove-one', 'replace-one'] as const) {
      const delta = composedDelta(adjacency, 0.8, 0.2, 0);
      for (const epsilon of [0.3, 1, 2]) {
        const exact = exactDelta(adjacency, 0.8, 0.2, epsilon);
        expect(delta(epsilon)).toBeLessThanOrEqual(exact * (1 + 1e-6));
        expect(delta(epsilon)).toBeGreaterThan(0.97 * exact);
      }
    }
  });
});
