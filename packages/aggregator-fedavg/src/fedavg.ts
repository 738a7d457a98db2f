import { parseWith, type Aggregator } from '@fedward/core';
import * as z from 'zod';
import { composeAggregator, type ComposedState } from './compose.js';
import { takeMean } from './server-optimizer.js';
import { weightedSum } from './weighted-sum.js';

const optionsSchema = z.strictObject({});

/** FedAvg without its name: what FedProx shares with it. */
export const federatedAveraging = {
  reduce: weightedSum,
  requires: [],
  provides: ['sum-only', 'bounded-sensitivity'],
  optimizer: takeMean,
} as const;

/**
 * Federated averaging: the next model is the mean of the clients' models, each counted by `Update.weight`,
 * which is the number of its records where that may be told.
 * Source: McMahan et al. 2017, Communication-efficient learning of deep networks from decentralized data,
 * algorithm 1.
 *
 * @param options none
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the key, for any option
 */
export function fedAvg(options: unknown = {}, path = 'aggregator.options'): Aggregator<ComposedState<null>> {
  parseWith(optionsSchema, options, path);
  return composeAggregator({ name: 'fedavg', ...federatedAveraging });
}
