import { describe, expect, it } from 'vitest';
import { gaussianEpsilon } from '../gaussian-profile.js';
import { composedEpsilon } from './composed-epsilon.js';
import { lossCache, type CountedPair } from './release-losses.js';

const sampledGaussian = (noiseMultiplier: number, rate: number, count: number): CountedPair => ({
  pair: { noise: 'gaussian', mu: 1 / noiseMultiplier },
  sampling: { kind: 'poisson', rate },
  count,
});
const epsilonOf = (releases: readonly CountedPair[], delta: number, enough?: number) =>
  composedEpsilon(releases, 'remove', delta, lossCache(), enough);

describe('composedEpsilon', () => {
  it('is never below the central limit of many steps with little sampling, however many they are', () => {
    // mu = q sqrt(T (e^(1/z^2) - 1)) is the limit, and for noise of 100 and more as good as exact (Bu et al. 2020).
    for (const [z, q] of [
      [1000, 1e-4],
      [100, 1e-3],
    ] as const)
      for (const count of [1e7, 1e9, 1e11, 1e12, 1e14]) {
        const { epsilon, isSharp } = epsilonOf([sampledGaussian(z, q, count)], 1e-5);
        const limit = gaussianEpsilon(q * Math.sqrt(count * Math.expm1(1 / z ** 2)), 1e-5);
        expect(epsilon, `${z} ${q} ${count}`).toBeGreaterThanOrEqual(limit * (1 - 1e-6));
        if (isSharp) expect(epsilon).toBeLessThanOrEqual(limit * 1.005 + 1e-4);
      }
  });

  it('ends with as many steps as a number can count, at a bound that is no less than for fewer', () => {
    const some = epsilonOf([sampledGaussian(1, 0.01, 1e9)], 1e-5).epsilon;
    const most = epsilonOf([sampledGaussian(1, 0.01, Number.MAX_SAFE_INTEGER)], 1e-5);
    expect(most.epsilon).toBeGreaterThan(some);
    expect(most.isSharp).toBe(false);
  });

  it('takes from delta what the probabilities may be off by, which with 1e13 steps is most of it', () => {
    const limit = gaussianEpsilon(1e-4 * Math.sqrt(1e13 * Math.expm1(1e-6)), 1e-5);
    expect(epsilonOf([sampledGaussian(1000, 1e-4, 1e13)], 1e-5).epsilon).toBeGreaterThan(1.5 * limit);
  });

  it('says when it is sharp', () => {
    expect(epsilonOf([sampledGaussian(1, 0.01, 1000)], 1e-5).isSharp).toBe(true);
    expect(epsilonOf([sampledGaussian(100, 1e-4, 1e11)], 1e-5).isSharp).toBe(false);
  });

  it('stops at what is enough', () => {
    const close = epsilonOf([sampledGaussian(1, 0.01, 1000)], 1e-5).epsilon;
    const coarse = epsilonOf([sampledGaussian(1, 0.01, 1000)], 1e-5, 2).epsilon;
    expect(coarse).toBeLessThanOrEqual(2);
    expect(coarse).toBeGreaterThanOrEqual(close * (1 - 1e-4));
  });

  it('finds an epsilon that is next to the largest loss, and no larger than it', () => {
    for (const shift of [0.01, 1, 1 / 0.28, 50, 1e4])
      for (const delta of [1e-12, 1e-9, 0.01]) {
        const { epsilon } = epsilonOf(
          [{ pair: { noise: 'laplace', shift }, sampling: { kind: 'all' }, count: 1 }],
          delta,
        );
        const exact = Math.max(0, shift + 2 * Math.log1p(-delta));
        expect(epsilon).toBeGreaterThanOrEqual(exact);
        expect(epsilon).toBeLessThanOrEqual(Math.min(shift, exact * (1 + 1e-4) + 2e-5));
      }
  });
});
