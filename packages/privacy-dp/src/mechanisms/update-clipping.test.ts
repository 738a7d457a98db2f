import { createLayout, type ElementArray, type Update } from '@fedward/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { updateOf } from '../testing/rounds.js';
import { clipUpdate } from './update-clipping.js';

const of = (values: ElementArray): Update => ({
  ...updateOf([0]),
  payload: { layout: createLayout([{ name: 'w', shape: [values.length] }]), values },
});
const clipped = (values: ElementArray, clipNorm: number) => clipUpdate(of(values), clipNorm, 'a test').update.payload;

/** In float64, from the largest on, so that no square is lost beyond the numbers. */
const norm = (values: ArrayLike<number>): number => {
  const most = Array.from(values).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return most === 0 ? 0 : most * Math.sqrt(Array.from(values).reduce((sum, x) => sum + (x / most) ** 2, 0));
};

describe('clipUpdate', () => {
  it('shortens an update to the clip norm', () => {
    const { update, norm } = clipUpdate(updateOf([30, 40]), 5, 'a test');
    expect(norm).toBe(50);
    expect([...update.payload.values]).toEqual([3, 4]);
  });

  it('leaves an update within the clip norm as it is', () => {
    const given = updateOf([0.3, 0.4]);
    expect(clipUpdate(given, 0.6, 'a test').update).toBe(given);
    expect(clipUpdate(updateOf([0, 0]), 0.6, 'a test')).toMatchObject({ norm: 0 });
  });

  const clipNorms = fc.double({ min: 1e-6, max: 1e6, noNaN: true });

  it('bounds an update as it travels, in float32', () => {
    const value = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), clipNorms, (values, clipNorm) => {
        const payload = clipped(Float32Array.from(values), clipNorm);
        expect(payload.values).toBeInstanceOf(Float32Array);
        expect(Math.sqrt([...payload.values].reduce((sum, x) => sum + x * x, 0))).toBeLessThanOrEqual(clipNorm);
      }),
      { numRuns: 500 },
    );
  });

  it('bounds an update in float64, whose squares may be beyond it', () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), clipNorms, (values, clipNorm) => {
        const payload = clipped(Float64Array.from(values), clipNorm);
        expect(payload.values).toBeInstanceOf(Float64Array);
        expect(norm(payload.values)).toBeLessThanOrEqual(clipNorm * (1 + 1e-15));
        if (norm(values) > clipNorm && norm(values) < 1e308)
          expect(norm(payload.values)).toBeGreaterThan(clipNorm * (1 - 1e-6));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the direction to 2^-21 of each number, however far it shortens', () => {
    for (const factor of [1, 1e-6, 1e-12]) {
      const values = Float32Array.from({ length: 500 }, (_, i) => 10 ** (i % 5) * Math.sin(i + 1));
      const clipNorm = factor * norm(values) * 0.999;
      const { values: short } = clipped(values, clipNorm);
      values.forEach((x, i) =>
        expect(Math.abs(short[i]! / (x * (clipNorm / norm(values))) - 1)).toBeLessThan(2 ** -21),
      );
    }
  });

  it.each([NaN, Infinity, -Infinity])('refuses %s, naming the client', (bad) => {
    for (const values of [Float32Array.of(1, bad), Float64Array.of(1, bad)])
      expect(() => clipUpdate({ ...of(values), clientId: 'hospital-7' }, 1, 'a test')).toThrow(
        expect.objectContaining({ code: 'UPDATE_NOT_FINITE', subject: 'hospital-7' }),
      );
  });

  it('refuses words, naming the mechanism', () => {
    expect(() => clipped(Uint32Array.of(1, 2), 5)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', message: expect.stringMatching(/^a test .*words/) }),
    );
  });
});
