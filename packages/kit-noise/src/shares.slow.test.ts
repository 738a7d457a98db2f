import { describe, expect, it } from 'vitest';
import { Random } from '@fedward/core';
import { SeededBits } from './bit-source.js';
import { addDiscreteGaussian } from './discrete-gaussian.js';
import { rational } from './rational.js';
import { epsilonWithShares, noiseShares, sharesTau } from './shares.js';
import { chiSquareDeviate, discreteGaussianProbabilities, neverByChance } from './testing/chi-square.js';

/** Probabilities of a sum of independent integers, from -reach to reach, by enumeration. */
function sumOfShares(shareVariance: number, shares: number, reach: number): Float64Array {
  const one = discreteGaussianProbabilities(shareVariance);
  let sum = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => one(i - reach));
  for (let k = 1; k < shares; k++) {
    const next = new Float64Array(2 * reach + 1);
    for (let x = -reach; x <= reach; x++)
      for (let y = -reach; y <= reach; y++)
        if (Math.abs(x - y) <= reach) next[x + reach]! += sum[y + reach]! * one(x - y);
    sum = next;
  }
  return sum;
}

describe('sharesTau', () => {
  it.each([
    [0.25, 2],
    [0.25, 5],
    [0.5, 2],
    [0.5, 3],
    [0.7, 4],
    [1, 2],
  ])('bounds how far a sum of shares of sigma^2 %s, %s of them, is from one discrete Gaussian', (variance, count) => {
    const reach = 40;
    const sum = sumOfShares(variance, count, reach);
    const exact = discreteGaussianProbabilities(variance * count);
    let furthest = 0;
    for (let x = -8; x <= 8; x++) furthest = Math.max(furthest, Math.abs(Math.log(sum[x + reach]! / exact(x))));
    const sigmaSquared = rational(variance * 100, 100);
    const tau = sharesTau({ sigmaSquared, minimumHonest: count });
    expect(furthest).toBeLessThan(tau);
    expect(furthest).toBeGreaterThan(tau / 50); // no idle bound: sums do differ by about this much
  });

  it('has the terms of the paper', () => {
    const term = (variance: number, k: number): number => Math.exp((-2 * Math.PI ** 2 * variance * k) / (k + 1));
    expect(sharesTau({ sigmaSquared: rational(1), minimumHonest: 1 })).toBe(0);
    expect(sharesTau({ sigmaSquared: rational(1), minimumHonest: 2 })).toBeCloseTo(5.172318620381233e-4, 11);
    const four = 10 * (term(0.5, 1) + term(0.5, 2) + term(0.5, 3));
    expect(sharesTau({ sigmaSquared: rational(1, 2), minimumHonest: 4 }) / four).toBeCloseTo(1, 8);
  });

  it('of very many shares is rounded up, not summed', () => {
    const shares = (minimumHonest: number) => sharesTau({ sigmaSquared: rational(1), minimumHonest });
    let exact = 0;
    for (let k = 1; k < 1_000_000; k++) exact += 10 * Math.exp((-2 * Math.PI ** 2 * k) / (k + 1));
    expect(shares(1_000_000)).toBeGreaterThan(exact);
    expect(shares(1_000_000) / exact).toBeLessThan(1.01);
    expect(shares(10_002)).toBeGreaterThan(shares(10_000));
  });
});

describe('noiseShares', () => {
  it('splits the variance, not the deviation, among those that are counted on', () => {
    expect(noiseShares(rational(400), 4).sigmaSquared).toEqual(rational(100));
    expect(noiseShares(rational(9, 2), 3)).toEqual({ sigmaSquared: rational(3, 2), minimumHonest: 3 });
  });

  it('gives a sum the noise that it is to carry, with as many as are counted on and with more', () => {
    const { sigmaSquared } = noiseShares(rational(36), 4);
    const source = new SeededBits(new Random('shares'));
    for (const [hospitals, variance] of [
      [4, 36],
      [7, 63],
    ] as const) {
      const sum = new Int32Array(200_000);
      for (let hospital = 0; hospital < hospitals; hospital++) addDiscreteGaussian(sum, sigmaSquared, source);
      const distance = (of: number): number => chiSquareDeviate(sum, discreteGaussianProbabilities(of), 120);
      expect(distance(variance)).toBeLessThan(4);
      expect(distance(variance * 1.1)).toBeGreaterThan(neverByChance);
      expect(distance(variance / 4)).toBeGreaterThan(neverByChance);
    }
  });

  it('refuses shares so small that no bound is known', () => {
    expect(() => noiseShares(rational(2), 9)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: 'sigmaSquared' }),
    );
    expect(() => noiseShares(rational(2), 8)).not.toThrow();
    expect(() => noiseShares(rational(2), 0)).toThrow(expect.objectContaining({ subject: 'minimumHonest' }));
  });
});

describe('epsilonWithShares', () => {
  /** Of 1/8-zCDP, as Gaussian noise of twice the sensitivity has (Bun and Steinke 2016, proposition 1.3). */
  const epsilonAt = (delta: number): number => 1 / 8 + 2 * Math.sqrt(Math.log(1 / delta) / 8);

  it('is the exact epsilon where shares are wide, and never below it', () => {
    const shares = noiseShares(rational(400), 10);
    const epsilon = epsilonWithShares(epsilonAt, 1e-5, { shares, dimension: 1_000_000, releases: 1000 });
    expect(epsilon).toBeGreaterThanOrEqual(epsilonAt(1e-5));
    expect(epsilon / epsilonAt(1e-5) - 1).toBeLessThan(1e-8);
  });

  it('adds twice the gap, and asks for a smaller delta', () => {
    const shares = noiseShares(rational(4), 4); // sigma 1 each
    const gap = sharesTau(shares) * 100 * 3;
    const epsilon = epsilonWithShares(epsilonAt, 1e-5, { shares, dimension: 100, releases: 3 });
    expect(epsilon / (epsilonAt(1e-5 * Math.exp(-gap)) + 2 * gap)).toBeCloseTo(1, 8);
    expect(epsilon).toBeGreaterThan(epsilonAt(1e-5) + 2 * gap);
  });

  it('covers the true epsilon of a sum of shares, by enumeration', () => {
    // One integer, sensitivity 1, four shares of sigma^2 = 1/4: delta(epsilon) over all integers.
    const [variance, count, reach, delta] = [0.25, 4, 40, 1e-4];
    const epsilonOf = (probability: (x: number) => number): number => {
      const deltaAt = (epsilon: number): number => {
        let sum = 0;
        for (let x = -20; x <= 20; x++) sum += Math.max(0, probability(x) - Math.exp(epsilon) * probability(x - 1));
        return sum;
      };
      let [low, high] = [0, 20];
      for (let i = 0; i < 60; i++) {
        const middle = (low + high) / 2;
        if (deltaAt(middle) > delta) low = middle;
        else high = middle;
      }
      return high;
    };
    const sum = sumOfShares(variance, count, reach);
    const truth = epsilonOf((x) => sum[x + reach]!);
    const exact = discreteGaussianProbabilities(variance * count);
    const shares = noiseShares(rational(1), count);
    const covered = epsilonWithShares(() => epsilonOf(exact), delta, { shares, dimension: 1, releases: 1 });
    expect(covered).toBeGreaterThan(truth);
    expect(Math.abs(truth - epsilonOf(exact))).toBeGreaterThan(1e-3); // there is something to cover
  });

  it('is infinite where the gap leaves no delta', () => {
    const shares = noiseShares(rational(1), 4);
    expect(epsilonWithShares(epsilonAt, 1e-5, { shares, dimension: 1_000_000, releases: 10 })).toBe(Infinity);
  });
});
