import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundCosts, squareRootCoefficients, totalCost } from './banded-toeplitz.js';

/** C as a matrix, applied to one number a round. */
const apply = (coefficients: readonly number[], x: readonly number[]): number[] =>
  x.map((_, i) => x.reduce((sum, value, t) => sum + (t <= i ? (coefficients[i - t] ?? 0) * value : 0), 0));
const squaredNorm = (x: readonly number[]): number => x.reduce((sum, value) => sum + value * value, 0);

describe('squareRootCoefficients', () => {
  it('are those of (1 - x)^(-1/2)', () => {
    expect(squareRootCoefficients(5)).toEqual([1, 1 / 2, 3 / 8, 5 / 16, 35 / 128]);
    expect(squareRootCoefficients(1)).toEqual([1]);
  });

  it('are the square root of prefix sums: convolved with themselves they are 1, 1, 1, ...', () => {
    const c = squareRootCoefficients(50);
    apply(c, [...c]).forEach((x) => expect(x).toBeCloseTo(1, 12));
  });
});

describe('roundCosts', () => {
  const pattern = fc.record({
    rounds: fc.integer({ min: 1, max: 24 }),
    bands: fc.integer({ min: 1, max: 24 }),
    turns: fc.integer({ min: 1, max: 8 }),
  });
  const contribution = fc.double({ min: -1, max: 1, noNaN: true });

  it('cover what any client of a turn moves, in whatever rounds it takes part', () => {
    fc.assert(
      fc.property(
        pattern,
        fc.nat(7),
        fc.infiniteStream(contribution),
        fc.infiniteStream(fc.boolean()),
        (p, turn, given, asked) => {
          const { rounds, bands, turns } = p;
          const c = squareRootCoefficients(bands);
          const costs = roundCosts(c, rounds, turns);
          const takesPart = costs.map((_, t) => t % turns === turn % turns && (asked.next().value as boolean));
          const x = takesPart.map((yes) => (yes ? (given.next().value as number) : 0));
          const charged = costs.reduce((sum, cost, t) => sum + (takesPart[t] ? cost : 0), 0);
          expect(squaredNorm(apply(c, x))).toBeLessThanOrEqual(charged * (1 + 1e-12));
          expect(charged).toBeLessThanOrEqual(totalCost(costs, turns) * (1 + 1e-12));
        },
      ),
    );
  });

  it('are exact for a client in every round of its turn', () => {
    fc.assert(
      fc.property(pattern, ({ rounds, bands, turns }) => {
        const c = squareRootCoefficients(bands);
        const costs = roundCosts(c, rounds, turns);
        const everyTurn = Array.from(
          { length: Math.min(turns, rounds) },
          (_, turn) =>
          squaredNorm(apply(c, costs.map((_, t) => (t % turns === turn ? 1 : 0)))), // prettier-ignore
        );
        expect(totalCost(costs, turns)).toBeCloseTo(Math.max(...everyTurn), 9);
      }),
    );
  });

  it('are 1 a round for independent noise', () => {
    expect(roundCosts([1], 4, 1)).toEqual([1, 1, 1, 1]);
    expect(totalCost(roundCosts([1], 7, 3), 3)).toBe(3); // rounds 0, 3 and 6
  });
});
