import { describe, expect, it } from 'vitest';
import { relativeError } from '../testing/reference.js';
import { erfcx, millsRatio, normalDensity } from './normal.js';

describe('erfcx', () => {
  // By mpmath 1.3.0 at 40 digits.
  it.each([
    [-3, 16205.988853999586],
    [0, 1],
    [1e-10, 0.999999999887162],
    [0.1, 0.8964569799691267],
    [0.5, 0.6156903441929259],
    [1, 0.427583576155807],
    [3, 0.17900115118138996],
    [6.28, 0.0887409187062266],
    [6.3, 0.08846589935285219],
    [30, 0.01879588886141675],
    [1e8, 5.641895835477562e-9],
  ])('of %d is %d', (x, value) => {
    expect(relativeError(erfcx(x), value)).toBeLessThan(1e-15);
  });

  it('has no seam where the poles are left out', () => {
    const seam = 2 * Math.PI;
    expect(relativeError(erfcx(seam * (1 - 1e-15)), erfcx(seam * (1 + 1e-15)))).toBeLessThan(1e-14);
  });
});

describe('millsRatio', () => {
  it('times the density is the tail of the normal distribution', () => {
    // Phi(-1.96) and Phi(-6), by mpmath.
    expect(relativeError(millsRatio(1.96) * normalDensity(1.96), 0.024997895148220435)).toBeLessThan(1e-14);
    expect(relativeError(millsRatio(6) * normalDensity(6), 9.86587645037698e-10)).toBeLessThan(1e-14);
  });
});
