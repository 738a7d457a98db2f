import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipped, declaredScaling, scaled } from './scaling.js';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

describe('what a column declares', () => {
  it('makes of a range -1 to 1, and cuts what is beyond', () => {
    const scaling = declaredScaling({ range: [20, 120] })!;
    expect([20, 70, 120, 9999, -1].map((x) => scaled(x, scaling))).toEqual([-1, 0, 1, 1, -1]);
    expect([20, 70, 120, 9999, -1].map((x) => clipped(x, scaling))).toEqual([20, 70, 120, 120, 20]);
  });

  it('makes of a scale the number of spreads from the centre, ten at most', () => {
    const scaling = declaredScaling({ scale: { center: 50, spread: 10 } })!;
    expect([50, 60, 35, 9999, -9999].map((x) => scaled(x, scaling))).toEqual([0, 1, -1.5, 10, -10]);
    expect([50, 9999, -9999].map((x) => clipped(x, scaling))).toEqual([50, 150, -50]);
  });

  it('has a finite feature for any finite number, any scale, any range', () => {
    fc.assert(
      fc.property(finite, finite, finite, (x, a, b) => {
        fc.pre(a < b);
        for (const scaling of [
          declaredScaling({ range: [a, b] })!,
          declaredScaling({ scale: { center: a, spread: Number.MIN_VALUE } })!,
        ])
          if (scaling.spread > 0) expect(Math.abs(scaled(x, scaling))).toBeLessThanOrEqual(scaling.limit);
      }),
      { seed: 4 },
    );
  });

  it('is nothing where nothing is declared', () => {
    expect(declaredScaling({})).toBeUndefined();
  });
});
