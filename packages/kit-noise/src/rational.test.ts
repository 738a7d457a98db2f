import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rational, rationalAtLeast } from './rational.js';

describe('rational', () => {
  it('is in lowest terms', () => {
    expect(rational(6, 4)).toEqual({ numerator: 3n, denominator: 2n });
    expect(rational(10n ** 30n, 10n ** 29n)).toEqual({ numerator: 10n, denominator: 1n });
    expect(rational(7)).toEqual({ numerator: 7n, denominator: 1n });
  });

  it.each([
    [0, 1, 'numerator'],
    [-1, 1, 'numerator'],
    [1.5, 1, 'numerator'],
    [1, 0, 'denominator'],
    [1n, -2n, 'denominator'],
    [1, NaN, 'denominator'],
  ])('refuses %s/%s', (above, below, subject) => {
    expect(() => rational(above, below)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID', subject }));
  });
});

describe('rationalAtLeast', () => {
  it('rounds up, by less than one unit, and leaves multiples as they are', () => {
    expect(rationalAtLeast(2.25)).toEqual({ numerator: 9n, denominator: 4n });
    expect(rationalAtLeast(2.89, 100)).toEqual({ numerator: 29n, denominator: 10n }); // the double is above 2.89
    expect(rationalAtLeast(1e-300)).toEqual({ numerator: 1n, denominator: 1024n });
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e6, noNaN: true }), fc.integer({ min: 1, max: 4096 }), (value, unit) => {
        const { numerator, denominator } = rationalAtLeast(value, unit);
        // In exact integers: value is a multiple of 2^-1100.
        const shift = 2n ** 1100n;
        let [scaled, power] = [value, 0n];
        while (!Number.isInteger(scaled)) [scaled, power] = [scaled * 2, power + 1n];
        const exact = (BigInt(scaled) * shift) / 2n ** power;
        const rounded = (numerator * shift) / denominator;
        expect(numerator * shift >= exact * denominator).toBe(true);
        expect(rounded - exact <= shift / BigInt(unit)).toBe(true);
      }),
    );
  });

  it.each([0, -1, NaN, Infinity])('refuses %s', (value) => {
    expect(() => rationalAtLeast(value)).toThrow(expect.objectContaining({ subject: 'value' }));
  });
});
