import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leastNumber } from './search.js';

describe('leastNumber', () => {
  const range = { minimum: 1e-6, maximum: 1e6, relativeTolerance: 1e-9 };

  it('finds a threshold from above, to its tolerance', () => {
    fc.assert(
      fc.property(fc.double({ min: -5.9, max: 5.9, noNaN: true }), (exponent) => {
        const threshold = 10 ** exponent;
        const found = leastNumber((x) => x >= threshold, range)!;
        expect(found).toBeGreaterThanOrEqual(threshold);
        expect(found).toBeLessThanOrEqual(threshold * (1 + 1.01e-9));
      }),
    );
  });

  it('says where there is none, and where all are', () => {
    expect(leastNumber(() => false, range)).toBeUndefined();
    expect(leastNumber(() => true, range)).toBe(range.minimum);
    expect(leastNumber((x) => x >= 1e6, range)).toBe(1e6);
  });

  it('ends where no double is left between, with a tolerance of 0', () => {
    expect(leastNumber((x) => x > Math.PI, { ...range, relativeTolerance: 0 })! - Math.PI).toBeLessThan(5e-16);
  });

  it('starts inside a range that does not hold 1', () => {
    const seen: number[] = [];
    const holds = (x: number) => seen.push(x) > 0 && x >= 7;
    expect(leastNumber(holds, { minimum: 5, maximum: 9, relativeTolerance: 1e-9 })).toBeCloseTo(7, 7);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(5);
    expect(Math.max(...seen)).toBeLessThanOrEqual(9);
  });
});
