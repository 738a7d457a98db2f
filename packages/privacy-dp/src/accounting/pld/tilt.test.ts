import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convolved, gridLosses, lossOf, stickOf } from './testing/grids.js';
import { bestTilt, cumulants, logLargestWeight, markovEpsilon, tiltedTail, type Repeated } from './tilt.js';

const parts = fc.array(fc.record({ loss: gridLosses, count: fc.integer({ min: 1, max: 3 }) }), {
  minLength: 1,
  maxLength: 3,
});
const interval = 1 / 8;
const lawOfSum = (losses: readonly Repeated[]): [number, number][] =>
  [...convolved(losses)].map(([index, mass]) => [index * interval, mass]);
const theta = fc.double({ min: 0.05, max: 20, noNaN: true });
const logDelta = fc.double({ min: -20, max: -1, noNaN: true });

describe('cumulants', () => {
  it('are the logarithm, mean and variance of the sum under e^(theta L)', () => {
    fc.assert(
      fc.property(parts, fc.double({ min: -5, max: 5, noNaN: true }), (losses, t) => {
        const law = lawOfSum(losses);
        const moment = (f: (loss: number) => number): number =>
          law.reduce((sum, [loss, mass]) => sum + mass * Math.exp(t * loss) * f(loss), 0);
        const total = moment(() => 1);
        const mean = moment((loss) => loss) / total;
        const actual = cumulants(losses, t);
        expect(actual.log).toBeCloseTo(Math.log(total), 10);
        expect(actual.mean).toBeCloseTo(mean, 10);
        expect(actual.variance).toBeCloseTo(moment((loss) => (loss - mean) ** 2) / total, 10);
      }),
    );
  });
});

describe('markovEpsilon', () => {
  it('is never below the epsilon of the sum, whatever theta', () => {
    fc.assert(
      fc.property(parts, theta, logDelta, (losses, t, log) => {
        const epsilon = markovEpsilon({ theta: t, cumulants: cumulants(losses, t) }, log);
        expect(stickOf(lawOfSum(losses), epsilon)).toBeLessThanOrEqual(Math.exp(log) * (1 + 1e-10));
      }),
    );
  });

  it('rests on the largest value of e^(-theta s) (1 - e^-s)', () => {
    for (const t of [0.01, 0.5, 1, 7, 300]) {
      let largest = 0;
      for (let s = 0; s < 20; s += 1e-4) largest = Math.max(largest, Math.exp(-t * s) * -Math.expm1(-s));
      expect(logLargestWeight(t)).toBeGreaterThanOrEqual(Math.log(largest) - 1e-12);
      expect(logLargestWeight(t)).toBeLessThan(Math.log(largest) + 1e-3);
    }
  });
});

describe('bestTilt', () => {
  it('has an epsilon close to the least over all tilts', () => {
    fc.assert(
      fc.property(parts, logDelta, (losses, log) => {
        const best = markovEpsilon(bestTilt(losses, log), log);
        for (let t = 0.01; t < 1000; t *= 1.2)
          expect(best).toBeLessThanOrEqual(markovEpsilon({ theta: t, cumulants: cumulants(losses, t) }, log) + 0.01);
      }),
    );
  });

  it('ends where there is no best one, and from any guess', () => {
    const certain: Repeated[] = [{ loss: lossOf(interval, 8, [1]), count: 1 }];
    expect(markovEpsilon(bestTilt(certain, -12), -12)).toBeCloseTo(1, 3);
    for (const guess of [1e-200, 1, 1e200])
      expect(
        markovEpsilon(bestTilt([{ loss: lossOf(interval, -3, [1, 2, 1, 3]), count: 100 }], -12, guess), -12),
      ).toBeLessThan(20);
  });
});

describe('tiltedTail', () => {
  it('is exceeded by the tilted sum no more often than asked for', () => {
    fc.assert(
      fc.property(parts, theta, fc.double({ min: -30, max: -1, noNaN: true }), (losses, t, logTail) => {
        const tilt = { theta: t, cumulants: cumulants(losses, t) };
        const law = lawOfSum(losses).map(
          ([loss, mass]) => [loss, mass * Math.exp(t * loss - tilt.cumulants.log)] as const,
        );
        for (const side of [1, -1] as const) {
          const tail = tiltedTail(losses, tilt, logTail, side);
          const beyond = law.filter(([loss]) => side * loss > side * tail).reduce((sum, [, mass]) => sum + mass, 0);
          expect(beyond).toBeLessThanOrEqual(Math.exp(logTail) * (1 + 1e-9));
        }
      }),
    );
  });
});
