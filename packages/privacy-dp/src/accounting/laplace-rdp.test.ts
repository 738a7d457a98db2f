import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { relativeError } from '../testing/reference.js';
import { laplaceRdp } from './laplace-rdp.js';

const order = fc.double({ min: -2, max: 3, noNaN: true }).map((exponent) => 1 + 10 ** exponent);
const noise = fc.double({ min: -3, max: 6, noNaN: true }).map((exponent) => 10 ** exponent);

describe('laplaceRdp', () => {
  // Orders, noise multipliers and divergences by mpmath 1.3.0 at 50 digits; rows 1 to 3 and 6 also by quadrature of
  // the densities.
  it.each([
    [1.1, 0.05, 19.12988623013802],
    [1.1, 1, 0.4000175281640213],
    [1.5, 3, 0.07392281525903119],
    [2, 1, 0.6191236299985928],
    [3, 0.001, 999.744587188117],
    [10.9, 7, 0.08217934433984266],
    [2.7, 1000, 1.3495490805545877e-6],
    [64, 0.3, 3.322455492014303],
    [64, 50, 0.010308952354248424],
    [1024, 2, 0.49932291419348795],
    [1.1, 1e6, 5.499998166667025e-13],
    [1024, 1e5, 5.119893545484131e-8],
  ])('at order %d, z = %d is %d', (a, z, divergence) => {
    const found = laplaceRdp(a, z);
    expect(found).toBeGreaterThanOrEqual(divergence);
    expect(relativeError(found, divergence)).toBeLessThan(2e-12);
  });

  it('is the pure epsilon at order Infinity, and below it at any other', () => {
    expect(laplaceRdp(Infinity, 4)).toBe(0.25);
    fc.assert(
      fc.property(order, noise, (a, z) => {
        expect(laplaceRdp(a, z)).toBeLessThanOrEqual(1 / z);
      }),
    );
  });

  it('grows with the order and shrinks with the noise', () => {
    fc.assert(
      fc.property(order, noise, (a, z) => {
        const base = laplaceRdp(a, z) * (1 - 1e-11);
        expect(laplaceRdp(a * 1.1, z)).toBeGreaterThanOrEqual(base);
        expect(laplaceRdp(a, z / 1.1)).toBeGreaterThanOrEqual(base);
      }),
      { numRuns: 500 },
    );
  });

  it('costs no more for a move in two coordinates than for all of it in one', () => {
    fc.assert(
      fc.property(order, noise, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (a, z, part) => {
        const two = laplaceRdp(a, z / part) + laplaceRdp(a, z / (1 - part));
        expect(two).toBeLessThanOrEqual(laplaceRdp(a, z) * (1 + 1e-11));
      }),
      { numRuns: 500 },
    );
  });

  it('has no finite price without noise', () => {
    expect(laplaceRdp(2, 0)).toBe(Infinity);
    expect(laplaceRdp(1.1, 1e-310)).toBe(Infinity);
  });
});
