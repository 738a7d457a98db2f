import { parseWith, type Aggregator } from '@fedward/core';
import * as z from 'zod';
import { composeAggregator, type ComposedState } from './compose.js';
import { federatedAveraging } from './fedavg.js';

const optionsSchema = z.strictObject({
  /** Weight of the proximal term, finite and >= 0; with 0 it is FedAvg. */
  mu: z.number().min(0),
});

/** Of `fedProx`. */
export type FedProxOptions = z.input<typeof optionsSchema>;

/**
 * FedProx: FedAvg whose clients minimise F_k(w) + mu/2 |w - w_t|^2, so that a client with data unlike the others'
 * stays near the global model w_t. The term is the trainer's work: each client is sent `proximalMu`.
 * Source: Li et al. 2020, Federated optimization in heterogeneous networks, equation 2 and algorithm 2.
 *
 * @param options `mu`; the authors search it in {0.001, 0.01, 0.1, 1}
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the key
 */
export function fedProx(options: FedProxOptions, path = 'aggregator.options'): Aggregator<ComposedState<null>> {
  const { mu } = parseWith(optionsSchema, options, path);
  return composeAggregator({ name: 'fedprox', ...federatedAveraging, instructions: { proximalMu: mu } });
}
