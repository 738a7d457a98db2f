import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussianEpsilon } from '../gaussian-profile.js';
import { millsRatio, normalDensity } from '../../numeric/index.js';
import { truePositiveRateBound } from './attack-bound.js';

const rate = fc.double({ min: 0, max: 1, noNaN: true });
const target = fc.record({
  epsilon: fc.double({ min: 0, max: 20, noNaN: true }),
  delta: fc.double({ min: 0, max: 0.1, noNaN: true }),
  falsePositiveRate: rate,
});

/**
 * The mechanism that every (epsilon, delta)-private one is a processing of (Kairouz, Oh and Viswanath 2015, section 5.1,
 * eq. 12 and 13): probabilities of its four outcomes without and with the unit, the outcomes most like "with" first.
 */
function dominating(epsilon: number, delta: number) {
  const likely = ((1 - delta) * Math.exp(epsilon)) / (1 + Math.exp(epsilon));
  const unlikely = (1 - delta) / (1 + Math.exp(epsilon));
  return { without: [0, unlikely, likely, delta], with: [delta, likely, unlikely, 0] };
}

/** True positive rate of the best test (Neyman and Pearson): it accuses on the first outcomes, in part on the last. */
function bestRate(epsilon: number, delta: number, falsePositiveRate: number): number {
  const outcomes = dominating(epsilon, delta);
  let left = falsePositiveRate;
  let found = 0;
  outcomes.without.forEach((probability, outcome) => {
    const share = probability === 0 ? 1 : Math.min(1, left / probability);
    found += share * outcomes.with[outcome]!;
    left = Math.max(0, left - probability * share);
  });
  return found;
}

describe('truePositiveRateBound', () => {
  it('is what the best attack on the worst mechanism reaches, never less', () => {
    fc.assert(
      fc.property(target, ({ epsilon, delta, falsePositiveRate }) => {
        const best = bestRate(epsilon, delta, falsePositiveRate);
        const bound = truePositiveRateBound({ epsilon, delta, falsePositiveRate });
        expect(bound).toBeGreaterThanOrEqual(best - 1e-15);
        expect(bound).toBeLessThanOrEqual(best + 1e-9);
      }),
    );
  });

  it('is above the exact curve of a Gaussian mechanism with this epsilon and delta', () => {
    // Dong, Roth and Su 2022, section 2.3: the test that accuses above a threshold t has FPR = Phi(-t), TPR = Phi(mu - t).
    const tail = (x: number): number => millsRatio(x) * normalDensity(x);
    for (const mu of [0.1, 0.5, 1, 3])
      for (const delta of [1e-5, 1e-3])
        for (const threshold of [-2, 0, 0.5, 1.6, 2.3, 3]) {
          const epsilon = gaussianEpsilon(mu, delta);
          const bound = truePositiveRateBound({ epsilon, delta, falsePositiveRate: tail(threshold) });
          expect(bound).toBeGreaterThanOrEqual(tail(threshold - mu));
        }
  });

  it('by hand: e * 0.01 + 1e-5, and 1 - (1 - 1e-5 - 0.6) / e', () => {
    const target = { epsilon: 1, delta: 1e-5 };
    expect(truePositiveRateBound({ ...target, falsePositiveRate: 0.01 })).toBeCloseTo(0.0271928182845905, 14);
    expect(truePositiveRateBound({ ...target, falsePositiveRate: 0.6 })).toBeCloseTo(0.852851902325835, 14);
  });

  it('allows guessing at epsilon 0, and everything without a bound', () => {
    expect(truePositiveRateBound({ epsilon: 0, delta: 0, falsePositiveRate: 0.05 })).toBeCloseTo(0.05, 14);
    for (const epsilon of [1000, Infinity])
      expect(truePositiveRateBound({ epsilon, delta: 0, falsePositiveRate: 0.01 })).toBe(1);
  });

  it.each([
    ['epsilon', { epsilon: -1, delta: 0, falsePositiveRate: 0.1 }],
    ['epsilon', { epsilon: NaN, delta: 0, falsePositiveRate: 0.1 }],
    ['delta', { epsilon: 1, delta: 1.1, falsePositiveRate: 0.1 }],
    ['falsePositiveRate', { epsilon: 1, delta: 0, falsePositiveRate: -0.1 }],
  ])('refuses a wrong %s by name', (subject, wrong) => {
    expect(() => truePositiveRateBound(wrong)).toThrowError(expect.objectContaining({ subject }) as Error);
  });
});
