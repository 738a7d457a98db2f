import fc from 'fast-check';
import { expect, it } from 'vitest';
import { roundedUp } from './rounded-up.js';

it('has four digits', () => {
  expect(roundedUp(0)).toBe('0');
  expect(roundedUp(1)).toBe('1');
  expect(roundedUp(1.23401)).toBe('1.235');
  expect(roundedUp(9.9991)).toBe('10');
  expect(roundedUp(8386.12)).toBe('8387');
  expect(roundedUp(0.000123411)).toBe('0.0001235');
  expect(roundedUp(null)).toBe('unbounded');
});

it('is never below what it stands for, and less than a thousandth above', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (epsilon) => {
      const shown = Number(roundedUp(epsilon));
      expect(shown).toBeGreaterThanOrEqual(epsilon);
      expect(shown).toBeLessThanOrEqual(epsilon * 1.00101);
    }),
    { numRuns: 5000 },
  );
});
