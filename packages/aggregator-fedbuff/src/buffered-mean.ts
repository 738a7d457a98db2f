import { weightedSum, type Layout, type Reduction, type RoundContext } from '@fedward/core';
import { stalenessFactor, type Staleness } from './staleness.js';

/**
 * The sum over a buffer of s(t - t_i) n_i x_i, divided later by the sum of the n_i: as Nguyen et al. 2022, algorithm 1,
 * divides by the number of updates, so that a buffer of nothing but old updates moves the model less, and an old one is no
 * further out of the way of the others than by its own factor. Where all are fresh it is the weighted mean of FedAvg.
 *
 * @throws {FedwardError} as `weightedSum`
 */
export function bufferedMean(
  form: { readonly layout: Layout },
  { round }: Pick<RoundContext, 'round'>,
  staleness: Staleness,
): Reduction {
  const sum = weightedSum(form);
  let divisor = 0;
  return {
    add(update) {
      const { weight, baseRound } = update;
      const factor = stalenessFactor(staleness, round - baseRound);
      sum.add(factor === 1 ? update : { ...update, weight: weight * factor });
      divisor += weight;
    },
    finish: () => ({ ...sum.finish(), divisor }),
  };
}
