import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balancedClassWeights } from './class-weights.js';
import { keptShare, objectiveOf, smallestKept } from './objective.js';

describe('objectiveOf', () => {
  it('leaves out what changes nothing', () => {
    expect(objectiveOf(undefined, 0)).toBeUndefined();
    expect(objectiveOf({ labelSmoothing: 0 }, 0)).toBeUndefined();
    expect(objectiveOf({ keepSmallest: { fraction: 1 } }, 9)).toBeUndefined();
    expect(objectiveOf({ keepSmallest: { fraction: 0.5, warmUpRounds: 4 } }, 0)).toBeUndefined();
    expect(objectiveOf({ classWeights: [1, 1], labelSmoothing: 0 }, 0)).toEqual({ classWeights: [1, 1] });
    expect(objectiveOf({ keepSmallest: { fraction: 0.5, warmUpRounds: 4 } }, 2)).toEqual({ keepSmallest: 0.75 });
  });

  it('goes from all records to the fraction in the rounds of the warm-up', () => {
    const shares = [0, 1, 2, 3, 4, 5, 50].map((round) => keptShare({ fraction: 0.2, warmUpRounds: 4 }, round));
    expect(shares).toEqual([1, 0.8, 0.6, 0.4, 0.2, 0.2, 0.2].map((share) => expect.closeTo(share, 12) as number));
    expect(keptShare({ fraction: 0.2 }, 0)).toBeCloseTo(0.2, 12);
  });
});

describe('smallestKept', () => {
  it('keeps the smallest, the earlier of equals, and as many as the share says, rounded up', () => {
    expect(smallestKept(Float64Array.of(3, 1, 2, 1), 0.5)).toEqual(Float64Array.of(0, 2, 0, 2));
    expect(smallestKept(Float64Array.of(1, 1, 1), 0.1)).toEqual(Float64Array.of(3, 0, 0));
    expect(smallestKept(Float64Array.of(1, 1, 1), 0.4)).toEqual(Float64Array.of(1.5, 1.5, 0));
    // 0.7 * 10 is a little above 7 in float64 for some shares
    for (let n = 1; n <= 40; n++)
      for (let kept = 1; kept <= n; kept++)
        expect(smallestKept(new Float64Array(n), kept / n).filter((factor) => factor > 0)).toHaveLength(kept);
    expect(smallestKept(new Float64Array(), 0.5)).toEqual(new Float64Array());
  });

  it('keeps no loss above one that it leaves out, and factors that add up to the batch', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (losses, share) => {
          const factors = smallestKept(Float64Array.from(losses), share);
          const kept = losses.filter((_, i) => factors[i]! > 0);
          const left = losses.filter((_, i) => factors[i] === 0);
          expect(Math.max(0, ...kept)).toBeLessThanOrEqual(Math.min(Infinity, ...left));
          expect(factors.reduce((sum, factor) => sum + factor, 0)).toBeCloseTo(losses.length, 9);
        },
      ),
    );
  });

  it('keeps what is no number, so that it is not hidden', () => {
    expect(smallestKept(Float64Array.of(1, 0, NaN, 2), 0.25)).toEqual(Float64Array.of(0, 0, 4, 0));
  });
});

describe('balancedClassWeights', () => {
  it('makes classes count alike, with a mean weight of 1', () => {
    expect(balancedClassWeights([90, 10])).toEqual([100 / 180, 5]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 2, maxLength: 9 }), (counts) => {
        const weights = balancedClassWeights(counts);
        const total = counts.reduce((sum, count) => sum + count, 0);
        for (const [i, count] of counts.entries()) expect(weights[i]! * count).toBeCloseTo(total / counts.length, 4);
      }),
    );
  });

  it.each([[[3]], [[3, 0]], [[3, 1.5]], [[3, NaN]], [[]]])('refuses %j', (counts) => {
    expect(() => balancedClassWeights(counts)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
  });
});
