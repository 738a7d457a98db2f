import { describe, expect, it } from 'vitest';
import { firstNonFinite } from './finite.js';

describe('firstNonFinite', () => {
  it('is -1 for finite values, the largest and smallest among them, at any length', () => {
    for (let length = 0; length < 10; length++) expect(firstNonFinite(new Float32Array(length).fill(-3.4e38))).toBe(-1);
    expect(firstNonFinite(Float32Array.of(1e-45, -0, 3.4e38, -3.4e38, 0))).toBe(-1);
  });

  it('finds NaN and both infinities wherever they stand', () => {
    for (const bad of [NaN, Infinity, -Infinity])
      for (let length = 1; length < 10; length++)
        for (let at = 0; at < length; at++) {
          const values = new Float32Array(length).fill(1);
          values[at] = bad;
          expect(firstNonFinite(values), `${bad} at ${at} of ${length}`).toBe(at);
        }
  });

  it('finds the first of several, also where they would cancel', () => {
    expect(firstNonFinite(Float32Array.of(1, Infinity, -Infinity, NaN))).toBe(1);
  });
});
