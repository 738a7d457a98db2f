import fc from 'fast-check';
import { expect, it } from 'vitest';
import { largest, smallest } from './extremes.js';

it('are those of Math', () => {
  fc.assert(
    fc.property(fc.array(fc.double()), (values) => {
      // Math tells -0 from 0, which are one number here.
      expect(largest(values) + 0).toBe(Math.max(...values) + 0);
      expect(smallest(values) + 0).toBe(Math.min(...values) + 0);
    }),
  );
});

it('take any number of values', () => {
  const values = new Map(Array.from({ length: 300_000 }, (_, i) => [i, (i * 7919) % 300_007]));
  expect(() => Math.max(...values.values())).toThrow(RangeError);
  expect(largest(values.values())).toBe(300_006);
  expect(smallest(values.values())).toBe(0);
  expect([largest([], 0), smallest([], 1)]).toEqual([0, 1]);
});
