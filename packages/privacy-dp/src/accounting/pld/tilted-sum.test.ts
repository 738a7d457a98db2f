import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convolved, gridLosses, lossOf } from './testing/grids.js';
import { cumulants } from './tilt.js';
import { tiltedSum } from './tilted-sum.js';

const parts = fc.array(fc.record({ loss: gridLosses, count: fc.integer({ min: 1, max: 4 }) }), {
  minLength: 1,
  maxLength: 3,
});
const interval = 1 / 8;

describe('tiltedSum', () => {
  it('is the direct convolution, tilted, and off by no more than it says', () => {
    fc.assert(
      fc.property(parts, fc.double({ min: 0, max: 30, noNaN: true }), (losses, theta) => {
        const first = losses.reduce((sum, { loss, count }) => sum + count * loss.index[0]!, 0);
        const { probability, log, error } = tiltedSum(losses, theta, first, 256);
        expect(log).toBeCloseTo(cumulants(losses, theta).log, 10);
        expect(error).toBeLessThan(1e-11);
        const direct = convolved(losses);
        let off = 0;
        probability.forEach((mass, i) => {
          const plain = direct.get(first + i);
          const exact = plain ? plain * Math.exp(theta * (first + i) * interval - log) : 0;
          off += Math.abs(mass - exact);
        });
        // 1e-14 are the direct convolution's own.
        expect(off).toBeLessThan(error + 1e-13);
      }),
    );
  });

  it('has its window where it is asked for, what is outside folded into it', () => {
    const losses = [{ loss: lossOf(interval, -2, [1, 2, 3, 2, 1]), count: 3 }];
    const whole = tiltedSum(losses, 1, -6, 16).probability;
    const part = tiltedSum(losses, 1, -1, 8).probability;
    expect(part).toHaveLength(8);
    part.forEach((mass, i) => {
      const index = i - 1;
      expect(mass).toBeCloseTo(
        [index - 8, index, index + 8].reduce((sum, at) => sum + (whole[at + 6] ?? 0), 0),
        14,
      );
    });
  });

  it('knows that it knows nothing of a sum of too many', () => {
    expect(tiltedSum([{ loss: lossOf(interval, -1, [1, 2, 1]), count: 1e15 }], 1, 0, 64).error).toBeGreaterThan(1);
  });
});
