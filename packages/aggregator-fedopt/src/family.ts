import {
  composeAggregator,
  incompatible,
  isTrainingPlan,
  weightedSum,
  type Aggregator,
  type ComposedState,
  type ServerOptimizer,
  type State,
} from '@fedward/core';

/**
 * An aggregator that takes the weighted mean of the sites' changes for minus a gradient, and makes the server's step with
 * an optimizer: Reddi et al. 2021, Adaptive federated optimization, algorithm 1. It needs no more than the sum of the
 * changes, and where the sum is released with noise it works on what was released.
 */
export function federatedOptimization<S extends State>(
  name: string,
  optimizer: ServerOptimizer<S>,
): Aggregator<ComposedState<S>> {
  return composeAggregator({
    ...{ name, optimizer, reduce: weightedSum, requires: [] },
    provides: ['sum-only', 'bounded-sensitivity', 'plain-changes'],
    validate(plan) {
      if (!isTrainingPlan(plan))
        throw incompatible(
          `${name} averages changes of models, and the plan's work is the query ${plan.query.name}: ` +
            'name an aggregator of its answers',
          'aggregator.name',
        );
    },
  });
}
