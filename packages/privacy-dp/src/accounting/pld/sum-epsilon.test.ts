import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumEpsilon } from './sum-epsilon.js';
import { convolved, gridLosses, lossOf, stickOf } from './testing/grids.js';
import { bestTilt, cumulants, markovEpsilon, type Repeated } from './tilt.js';

const interval = 1 / 8;
/** Close to the largest loss delta is as steep as 1 / delta. */
const rounding = 1e-14;
const parts = fc.array(fc.record({ loss: gridLosses, count: fc.integer({ min: 1, max: 4 }) }), {
  minLength: 1,
  maxLength: 3,
});
const logDelta = fc.double({ min: -25, max: -0.1, noNaN: true });
const lawOfSum = (losses: readonly Repeated[]): [number, number][] =>
  [...convolved(losses)].map(([index, mass]) => [index * interval, mass]);

describe('sumEpsilon', () => {
  it('is the least epsilon of the direct convolution, and not below it', () => {
    fc.assert(
      fc.property(parts, logDelta, (losses, log) => {
        const law = lawOfSum(losses);
        const { epsilon } = sumEpsilon(losses, log, bestTilt(losses, log))!;
        const delta = Math.exp(log);
        expect(stickOf(law, epsilon + rounding)).toBeLessThanOrEqual(delta * (1 + 1e-10));
        if (epsilon > 0) expect(stickOf(law, epsilon * (1 - 1e-6))).toBeGreaterThan(delta * 0.998);
      }),
    );
  });

  it('holds with any tilt, only less close', () => {
    fc.assert(
      fc.property(parts, logDelta, fc.double({ min: 1e-3, max: 100, noNaN: true }), (losses, log, theta) => {
        const found = sumEpsilon(losses, log, { theta, cumulants: cumulants(losses, theta) })!;
        expect(stickOf(lawOfSum(losses), found.epsilon + rounding)).toBeLessThanOrEqual(Math.exp(log) * (1 + 1e-10));
      }),
    );
  });

  it('has a finite rate where epsilon is next to the largest loss', () => {
    const losses = [{ loss: lossOf(interval, -8, [1, ...Array<number>(15).fill(0.01), 1]), count: 1 }];
    const { epsilon, rate } = sumEpsilon(losses, Math.log(1e-9), bestTilt(losses, Math.log(1e-9)))!;
    expect(epsilon).toBeCloseTo(1, 6);
    expect(rate).toBeGreaterThan(1);
    expect(rate).toBeLessThan(Infinity);
  });

  it('is 0 where no loss is above 0', () => {
    expect(
      sumEpsilon([{ loss: lossOf(interval, -4, [1, 2, 1]), count: 5 }], Math.log(0.1), {
        theta: 1,
        cumulants: cumulants([], 1),
      })?.epsilon,
    ).toBe(0);
  });

  it("proves no more than Markov's inequality where the transform proves nothing", () => {
    const losses = [{ loss: lossOf(2 ** -20, -1, [1e-6, 1, 1.2e-6]), count: 1e15 }];
    const tilt = bestTilt(losses, -12);
    const { epsilon, unknown } = sumEpsilon(losses, -12, tilt)!;
    expect(epsilon).toBe(markovEpsilon(tilt, -12));
    expect(unknown).toBeGreaterThan(0.9);
  });

  it('does not take a window that is all below 0 for a proof that epsilon is 0', () => {
    const losses = [{ loss: lossOf(2 ** -20, -1, [1.2e-6, 1, 1e-6]), count: 1e15 }];
    const tilt = { theta: 1e-9, cumulants: cumulants(losses, 1e-9) };
    expect(sumEpsilon(losses, -12, tilt)!.epsilon).toBe(markovEpsilon(tilt, -12));
  });

  it('says that the grid is too fine for the sum', () => {
    const losses = [{ loss: lossOf(2 ** -40, -(2 ** 40), [1, ...Array<number>(3).fill(0.1)]), count: 1 }];
    losses[0]!.loss.index.set([-(2 ** 40), 0, 2 ** 39, 2 ** 40]);
    expect(sumEpsilon(losses, -5, bestTilt(losses, -5))).toBeUndefined();
  });
});
