import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parametersOf, updateOf } from '../testing/rounds.js';
import { clipUpdate } from './update-clipping.js';

const change = (values: ArrayLike<number>, from: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values).reduce((sum, x, i) => sum + (x - from[i]!) ** 2, 0));

describe('clipUpdate', () => {
  it('shortens what training changed, not the weights', () => {
    const sent = parametersOf([100, 200]);
    const { update, norm } = clipUpdate(updateOf([130, 240]), sent, 5);
    expect(norm).toBe(50);
    expect([...update.payload.values]).toEqual([103, 204]);
  });

  it('leaves a change within the clip norm as it is, bit for bit', () => {
    const [sent, given] = [parametersOf([1, 1]), updateOf([1.3, 1.4])];
    expect(clipUpdate(given, sent, 0.6).update).toBe(given);
    expect(clipUpdate(updateOf([1, 1]), sent, 0.6)).toMatchObject({ norm: 0 });
  });

  it('bounds the change of the weights as they travel, in float32', () => {
    const weight = fc.float({ noNaN: true, noDefaultInfinity: true });
    const clipNorm = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(weight, weight), { minLength: 1, maxLength: 40 }), clipNorm, (pairs, C) => {
        const sent = parametersOf(pairs.map(([x]) => x));
        const { update } = clipUpdate(updateOf(pairs.map(([, x]) => x)), sent, C);
        expect(change(update.payload.values, sent.values)).toBeLessThanOrEqual(C);
      }),
      { numRuns: 500 },
    );
  });

  it('gives up as little of the change as float32 allows', () => {
    const sent = parametersOf(Array.from({ length: 50 }, (_, i) => Math.sin(i)));
    const { update } = clipUpdate(updateOf(sent.values.map((x, i) => x + 10 * Math.cos(i))), sent, 1);
    expect(change(update.payload.values, sent.values)).toBeGreaterThan(1 - 1e-5);
  });

  it.each([NaN, Infinity, -Infinity])('refuses %s, naming the client', (bad) => {
    expect(() => clipUpdate(updateOf([1, bad], 'hospital-7'), parametersOf([0, 0]), 1)).toThrow(
      expect.objectContaining({ code: 'UPDATE_NOT_FINITE', subject: 'hospital-7' }),
    );
  });
});
