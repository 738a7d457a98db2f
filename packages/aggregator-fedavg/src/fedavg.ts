import {
  addMean,
  composeAggregator,
  incompatible,
  isTrainingPlan,
  parseWith,
  weightedSum,
  type Aggregator,
  type ComposedState,
  type Plan,
} from '@fedward/core';
import * as z from 'zod';

/** None. */
export const fedAvgOptions = z.strictObject({});

/** What FedAvg and FedProx, by their names, have in common. */
export function federatedAveraging(name: string) {
  return {
    name,
    reduce: weightedSum,
    requires: [],
    provides: ['sum-only', 'bounded-sensitivity', 'plain-changes'],
    optimizer: addMean,
    validate(plan: Plan) {
      if (!isTrainingPlan(plan))
        throw incompatible(
          `${name} averages models, and the plan's work is the query ${plan.query.name}: name an aggregator of its answers`,
          'aggregator.name',
        );
    },
  };
}

/**
 * Federated averaging: the next model is the old one and the mean of the sites' changes, each counted by
 * `Update.weight`, which is the number of its records where that may be told. That is the mean of their models.
 * Source: McMahan et al. 2017, Communication-efficient learning of deep networks from decentralized data,
 * algorithm 1.
 *
 * @param options none
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the key, for any option; (by `validate`) CONFIG_INCOMPATIBLE for a plan whose
 *   work is a query
 */
export function fedAvg(options: unknown = {}, path = 'aggregator.options'): Aggregator<ComposedState<null>> {
  parseWith(fedAvgOptions, options, path);
  return composeAggregator(federatedAveraging('fedavg'));
}
