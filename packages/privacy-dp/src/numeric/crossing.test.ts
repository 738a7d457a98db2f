import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { greatestWithin } from './crossing.js';

const range = { guess: 1, minimum: 1e-6, maximum: 1e6, relativeTolerance: 1e-6 };

/** Increasing functions that are 0 at a root: powers, jumps, kinks, and infinite on one side or both. */
const shapes: Record<string, (root: number) => (x: number) => number> = {
  straight: (root) => (x) => Math.log(x / root),
  steep: (root) => (x) => 8 * Math.log(x / root),
  flat: (root) => (x) => 0.1 * Math.log(x / root),
  bent: (root) => (x) => Math.expm1(Math.log(x / root)) * (x > root ? 20 : 1),
  'a jump': (root) => (x) => (x > root ? 3 : -0.1),
  'infinite below': (root) => (x) => (x > root ? Math.log(x / root) : -Infinity),
  'infinite on both sides': (root) => (x) => (x > root ? Infinity : -Infinity),
};
const root = fc.double({ min: -5.9, max: 5.9, noNaN: true }).map((exponent) => 10 ** exponent);
const shape = fc.constantFrom(...Object.keys(shapes));

describe('greatestWithin', () => {
  it('is within the tolerance below the root, of any function and from any guess', () => {
    fc.assert(
      fc.property(shape, root, root, (name, at, guess) => {
        const f = shapes[name]!(at);
        const found = greatestWithin(f, { ...range, guess })!;
        expect(f(found)).toBeLessThanOrEqual(0);
        expect(f(found * (1 + 1.1e-6))).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('finds the greatest whole number exactly', () => {
    fc.assert(
      fc.property(shape, fc.integer({ min: 1, max: 999_998 }), root, (name, at, guess) => {
        const found = greatestWithin(shapes[name]!(at + 0.5), {
          guess,
          minimum: 1,
          maximum: 1e6,
          relativeTolerance: 0,
          whole: true,
        });
        expect(found).toBe(at);
      }),
      { numRuns: 1000 },
    );
  });

  it('tries few numbers: next to none where the guess is good, few more than bisection at worst', () => {
    fc.assert(
      fc.property(shape, root, fc.double({ min: 0.5, max: 2, noNaN: true }), (name, at, factor) => {
        const f = shapes[name]!(at);
        let tried = 0;
        greatestWithin((x) => (tried++, f(x)), { ...range, guess: at * factor });
        expect(tried).toBeLessThanOrEqual(28); // bisection alone takes 20 from a bracket of a factor of 2
        if (['straight', 'steep'].includes(name)) expect(tried).toBeLessThanOrEqual(10);
      }),
      { numRuns: 1000 },
    );
  });

  it('goes in longer and longer steps where the guess is far off', () => {
    for (const [guess, at] of [
      [1e-5, 1e5],
      [1e5, 1e-5],
    ] as const) {
      let tried = 0;
      greatestWithin((x) => (tried++, Math.log(x / at)), { ...range, guess });
      expect(tried).toBeLessThanOrEqual(20);
    }
  });

  it('says where there is no root', () => {
    expect(greatestWithin(() => -1, range)).toBe(1e6);
    expect(greatestWithin(() => -Infinity, range)).toBe(1e6);
    expect(greatestWithin(() => 1, range)).toBeUndefined();
    expect(greatestWithin(() => 1, { ...range, guess: 0 })).toBeUndefined();
    expect(greatestWithin(() => -1, { ...range, guess: Infinity })).toBe(1e6);
  });
});
