import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipFactor, scaleToClip } from './index.js';

const exactNorm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));

describe('clipFactor', () => {
  it('is about min(1, C / norm), and a float32', () => {
    expect(clipFactor(1, 0)).toBe(1);
    expect(clipFactor(1, 0.99999)).toBe(1);
    for (const norm of [1, 1.5, 7e3, 1e30]) {
      const factor = clipFactor(0.3, norm);
      expect(factor).toBe(Math.fround(factor));
      expect((factor * norm) / 0.3).toBeCloseTo(1, 5);
    }
  });

  it('is 0 for what is not finite, or has no normal factor', () => {
    for (const norm of [NaN, Infinity, 1e39]) expect(clipFactor(1, norm)).toBe(0);
    expect(clipFactor(1, 1, NaN)).toBe(0);
  });

  /** Vectors of floats of every size, denormals included, and two that are the outer product of others. */
  const float = fc.float({ noNaN: true, noDefaultInfinity: true });
  const vector = fc.float32Array({ minLength: 1, maxLength: 40, noNaN: true, noDefaultInfinity: true });
  const clipNorms = fc.oneof(fc.constant(1), fc.double({ min: 2 ** -100, max: 2 ** 100, noNaN: true }));

  it('times a vector is never longer than the clip norm, measured in float64', () => {
    fc.assert(
      fc.property(vector, clipNorms, (values, clipNorm) => {
        const factor = clipFactor(clipNorm, exactNorm(values));
        expect(exactNorm(scaleToClip(values, factor))).toBeLessThanOrEqual(clipNorm);
        expect(exactNorm(values.map((x) => factor * x))).toBeLessThanOrEqual(clipNorm);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it('times one factor of a product: the product is never longer than the clip norm', () => {
    fc.assert(
      fc.property(vector, vector, float, clipNorms, (u, d, large, clipNorm) => {
        u[0] = large;
        const [ofU, ofD] = [exactNorm(u), exactNorm(d)];
        const scaled = scaleToClip(d, clipFactor(clipNorm, ofU * ofD));
        const products = Array.from(u, (x) => scaled.map((y) => x * y)); // as float32, as they are added
        expect(Math.hypot(...products.map(exactNorm))).toBeLessThanOrEqual(clipNorm);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });
});
