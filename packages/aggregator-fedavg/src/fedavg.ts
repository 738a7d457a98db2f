import {
  addMean,
  composeAggregator,
  incompatible,
  isTrainingPlan,
  parseWith,
  weighed,
  weightedSum,
  type Aggregator,
  type ComposedState,
  type Plan,
  type SiteStrategy,
} from '@fedward/core';
import * as z from 'zod';

/** By what a site's change counts. */
export const weightingOption = z
  .enum(['records', 'equal'])
  .default('records')
  .describe('how much each site counts: by its number of records, or all alike');

/** The options of FedAvg. */
export const fedAvgOptions = z.strictObject({ weighting: weightingOption });

/** Of `fedAvg`. */
export type FedAvgOptions = z.input<typeof fedAvgOptions>;
export type Weighting = z.output<typeof weightingOption>;

/** What FedAvg and FedProx, by their names, have in common. */
export function federatedAveraging(name: string, weighting: Weighting) {
  return {
    name,
    ...(weighting === 'equal' && { strategy: name, counts: () => 1 }),
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

/** The half at the sites; core's own where records count. */
export const siteOf = (name: string, weighting: Weighting): SiteStrategy | undefined =>
  weighting === 'equal' ? weighed(name, () => 1) : undefined;

/**
 * Federated averaging: the next model is the old one and the mean of the sites' changes, each counted by
 * `Update.weight`, which is the number of its records where that may be told. That is the mean of their models. With
 * `weighting: equal` each site says that it counts as one, so that no large one decides alone, and a record of a small one
 * counts more. Either weight is the site's own word.
 * Source: McMahan et al. 2017, Communication-efficient learning of deep networks from decentralized data,
 * algorithm 1.
 *
 * @param options `weighting`
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the option; (by `validate`) CONFIG_INCOMPATIBLE for a plan whose
 *   work is a query
 */
export function fedAvg(options: FedAvgOptions = {}, path = 'aggregator.options'): Aggregator<ComposedState<null>> {
  const { weighting } = parseWith(fedAvgOptions, options, path);
  return composeAggregator(federatedAveraging('fedavg', weighting));
}
