import { describe, expect, it } from 'vitest';
import { gaussianEpsilon } from '../accounting/index.js';
import { normalCdf, normalQuantile } from '../numeric/index.js';
import type { CanaryGuesses } from './canary-guesses.js';
import { epsilonLowerBound } from './epsilon-lower-bound.js';
import { gaussianLeastProbability, gaussianLowerBound, leastProbability, rejectsTradeOff } from './trade-off.js';

const of = (canaries: number, guesses: number, correct: number): CanaryGuesses => ({ canaries, guesses, correct });

describe('gaussianLowerBound', () => {
  it.each([
    // By jax_privacy 2.0.0, `auditing._epsilon_one_run_fdp`, with dp_accounting for the sigma of an epsilon.
    [of(500, 500, 318), 1e-5, 0.95, 0.8167691256402031],
    [of(1000, 1000, 1000), 1e-5, 0.95, 12.334570155595598],
    [of(1000, 1000, 600), 1e-5, 0.95, 0.5835403679239116],
    [of(1000, 100, 95), 1e-5, 0.95, 3.3233004900323655],
    [of(1000, 300, 250), 1e-3, 0.95, 1.529549941415051],
    [of(100_000, 1500, 1429), 1e-5, 0.95, 3.299235175841667],
    [of(200, 50, 45), 1e-6, 0.99, 2.0389731468818986],
    [of(1000, 1000, 500), 1e-5, 0.95, 0],
  ])("is jax_privacy's for %j at delta %s, confidence %s", (guessed, delta, confidence, expected) => {
    const { mu, epsilon } = gaussianLowerBound(guessed, delta, confidence);
    expect(Math.abs(epsilon - expected)).toBeLessThan(2e-6); // its search stops at 1e-6
    expect(epsilon).toBe(mu === 0 ? 0 : gaussianEpsilon(mu, delta));
  });

  it('says more than the bound for any mechanism, from the same guesses', () => {
    const guessed = of(500, 500, 318);
    expect(epsilonLowerBound(guessed, 1e-5, 0.95)).toBeCloseTo(0.401, 3);
    expect(gaussianLowerBound(guessed, 1e-5, 0.95).epsilon).toBeCloseTo(0.817, 3);
  });

  it.each([0, 1, NaN])('refuses the confidence %s', (confidence) => {
    expect(() => gaussianLowerBound(of(10, 5, 5), 1e-5, confidence)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: 'confidence' }),
    );
  });

  it('refuses more guesses than canaries', () => {
    expect(() => gaussianLowerBound(of(10, 11, 5), 1e-5, 0.95)).toThrow(
      expect.objectContaining({ subject: 'guesses' }),
    );
  });
});

describe('rejectsTradeOff', () => {
  it('of (epsilon, 0) and guesses that are all right is where q^r is the significance', () => {
    for (const r of [50, 1000]) {
      const q = 0.05 ** (1 / r);
      const epsilon = Math.log(q / (1 - q));
      expect(rejectsTradeOff(of(r, r, r), leastProbability(epsilon - 1e-3, 0), 0.05)).toBe(true);
      expect(rejectsTradeOff(of(r, r, r), leastProbability(epsilon + 1e-3, 0), 0.05)).toBe(false);
    }
  });

  it('is not drowned by delta x canaries, as a union over canaries is', () => {
    // 2 x 1000 x 1e-3 is 2: the union explains everything.
    expect(epsilonLowerBound(of(1000, 100, 95), 1e-3, 0.95)).toBeCloseTo(2.0885, 3);
    // Where that is 1 and 0.05 the program of Steinke et al. gives 2.669 and 7.284.
    expect(epsilonLowerBound(of(100_000, 1500, 1429), 1e-5, 0.95)).toBeCloseTo(2.7867, 3);
    expect(epsilonLowerBound(of(5000, 5000, 5000), 1e-5, 0.95)).toBeCloseTo(7.4196, 3);
  });

  it('knows what a Gaussian and what (epsilon, delta) leave of a probability', () => {
    const gaussian = gaussianLeastProbability(1);
    expect(gaussian(0)).toBe(0);
    expect(gaussian(1)).toBe(1);
    expect(gaussian(0.5)).toBeCloseTo(normalCdf(-1), 14);
    expect(gaussianLeastProbability(0)(0.3)).toBeCloseTo(0.3, 14);
    const any = leastProbability(Math.log(2), 0.1);
    expect([0, 0.05, 0.5, 0.9, 1].map(any)).toEqual([0, 0, 0.2, 0.7, 0.9].map((x) => expect.closeTo(x, 12)));
  });
});

describe('the normal distribution', () => {
  it.each([
    // By mpmath with 30 digits.
    [-10, 7.61985302416052e-24],
    [-3, 0.0013498980316300946],
    [-1, 0.15865525393145705],
    [0, 0.5],
    [1, 0.8413447460685429],
  ])('has below %s the probability %s, and back', (x, p) => {
    expect(Math.abs(normalCdf(x) / p - 1)).toBeLessThan(1e-14);
    expect(normalQuantile(p)).toBeCloseTo(x, 12);
  });
});
