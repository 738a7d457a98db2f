import { addMean, composeAggregator, parseWith, weightedSum, type Aggregator, type ComposedState } from '@fedward/core';
import * as z from 'zod';

/** None. */
export const fedAvgOptions = z.strictObject({});

/** FedAvg without its name: what FedProx shares with it. */
export const federatedAveraging = {
  reduce: weightedSum,
  requires: [],
  provides: ['sum-only', 'bounded-sensitivity'],
  optimizer: addMean,
} as const;

/**
 * Federated averaging: the next model is the old one and the mean of the sites' changes, each counted by
 * `Update.weight`, which is the number of its records where that may be told. That is the mean of their models.
 * Source: McMahan et al. 2017, Communication-efficient learning of deep networks from decentralized data,
 * algorithm 1.
 *
 * @param options none
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the key, for any option
 */
export function fedAvg(options: unknown = {}, path = 'aggregator.options'): Aggregator<ComposedState<null>> {
  parseWith(fedAvgOptions, options, path);
  return composeAggregator({ name: 'fedavg', ...federatedAveraging });
}
