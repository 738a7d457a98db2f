import { addMean, composeAggregator, weightedSum, type Aggregator, type ComposedState } from '@fedward/core';

/**
 * FedBuff (Nguyen et al. 2022, algorithm 1), the server's half: the mean of a buffer of updates, of which one that is s
 * rounds old counts 1 / sqrt(1 + s) (their section 5). When a buffer is full is the collector's to say: `buffered`.
 */
export function fedBuff(): Aggregator<ComposedState<null>> {
  return composeAggregator({
    name: 'fedbuff',
    requires: [],
    provides: ['sum-only', 'bounded-sensitivity', 'stale-updates'],
    optimizer: addMean,
    reduce(form, { round }) {
      const sum = weightedSum(form);
      return {
        ...sum,
        add: (update) => sum.add({ ...update, weight: update.weight / Math.sqrt(1 + round - update.baseRound) }),
      };
    },
  });
}
