import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coxLoss } from './cox.js';

/** The loss by its definition: for each event, a sum over whoever is at risk. */
function lossesByDefinition(scores: readonly number[], times: readonly number[]): number[] {
  return times.map((time, i) => {
    if (time < 0) return 0;
    const atRisk = scores.filter((_, j) => Math.abs(times[j]!) >= time);
    return Math.log(atRisk.reduce((sum, s) => sum + Math.exp(s), 0)) - scores[i]!;
  });
}
const total = (values: ArrayLike<number>) => Array.from(values).reduce((sum, x) => sum + x, 0);

/** Few different times, so that there are ties among events, among the censored and between the two. */
const records = fc.array(
  fc.tuple(fc.double({ min: -4, max: 4, noNaN: true }), fc.constantFrom(-3, -2, -1, 1, 2, 3, 0.5)),
  { maxLength: 12 },
);

describe('coxLoss', () => {
  it('is as worked by hand, with two events and one censored at the same time', () => {
    // Hazards 1 to 5. At time 1 all are at risk (15); at time 2 all but the first (14), for both events.
    const scores = [1, 2, 3, 4, 5].map(Math.log);
    const { losses, gradient } = coxLoss(scores, [1, 2, 2, -2, -3]);
    const expected = [Math.log(15 / 1), Math.log(14 / 2), Math.log(14 / 3), 0, 0];
    losses.forEach((loss, i) => expect(loss).toBeCloseTo(expected[i]!, 12));
    const both = 1 / 15 + 2 / 14;
    const slopes = [1 / 15 - 1, 2 * both - 1, 3 * both - 1, 4 * both, 5 * both];
    gradient.forEach((slope, i) => expect(slope).toBeCloseTo(slopes[i]!, 12));
  });

  it('is the definition, in any order of the records', () => {
    fc.assert(
      fc.property(records, (given) => {
        const [scores, times] = [given.map(([score]) => score), given.map(([, time]) => time)];
        const { losses } = coxLoss(scores, times);
        lossesByDefinition(scores, times).forEach((loss, i) => expect(losses[i]).toBeCloseTo(loss, 10));
        const turned = coxLoss(scores.toReversed(), times.toReversed());
        losses.toReversed().forEach((loss, i) => expect(turned.losses[i]).toBeCloseTo(loss, 10));
      }),
    );
  });

  it('has the central differences of its sum for gradient', () => {
    fc.assert(
      fc.property(records, (given) => {
        const [scores, times] = [given.map(([score]) => score), given.map(([, time]) => time)];
        const { gradient } = coxLoss(scores, times);
        const at = (i: number, step: number) => total(lossesByDefinition(scores.with(i, scores[i]! + step), times));
        scores.forEach((_, i) => expect(gradient[i]).toBeCloseTo((at(i, 1e-5) - at(i, -1e-5)) / 2e-5, 6));
      }),
    );
  });

  it('does not see a shift of all scores, and its gradient sums to 0', () => {
    fc.assert(
      fc.property(records, fc.integer({ min: -3000, max: 3000 }), (given, shift) => {
        const [scores, times] = [given.map(([score]) => score), given.map(([, time]) => time)];
        const { losses, gradient } = coxLoss(scores, times);
        const shifted = coxLoss(
          scores.map((s) => s + shift),
          times,
        );
        losses.forEach((loss, i) => expect(shifted.losses[i]).toBeCloseTo(loss, 8));
        expect(total(gradient)).toBeCloseTo(0, 10);
      }),
    );
  });

  it('is 0 without events, and without records', () => {
    const { losses, gradient } = coxLoss([3, -2, 800], [-1, -2, -2]);
    expect([...losses, ...gradient]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(coxLoss([], []).losses).toHaveLength(0);
  });

  it('stays finite where hazards differ by a factor of e^2000', () => {
    const { losses, gradient } = coxLoss([1000, -1000, -999], [1, 2, 3]);
    expect([...losses]).toEqual([0, expect.closeTo(Math.log(1 + Math.E), 12), 0]);
    expect(gradient[1]).toBeCloseTo(1 / (1 + Math.E) - 1, 12);
  });
});
