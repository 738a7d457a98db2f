import { composeAggregator, parseWith, type Aggregator, type ComposedState } from '@fedward/core';
import * as z from 'zod';
import { federatedAveraging, weightingOption } from './fedavg.js';

/** The options of FedProx. */
export const fedProxOptions = z.strictObject({
  weighting: weightingOption,
  mu: z.number().min(0).describe('weight of the proximal term, >= 0; with 0 it is FedAvg'),
});

/** Of `fedProx`. */
export type FedProxOptions = z.input<typeof fedProxOptions>;

/**
 * FedProx: FedAvg whose clients minimise F_k(w) + mu/2 |w - w_t|^2, so that a client with data unlike the others'
 * stays near the global model w_t. The term is the trainer's work: each client is sent `proximalMu`.
 * Source: Li et al. 2020, Federated optimization in heterogeneous networks, equation 2 and algorithm 2.
 *
 * @param options `weighting`; `mu`: the authors search it in {0.001, 0.01, 0.1, 1}
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the key
 */
export function fedProx(options: FedProxOptions, path = 'aggregator.options'): Aggregator<ComposedState<null>> {
  const { mu, weighting } = parseWith(fedProxOptions, options, path);
  return composeAggregator({ ...federatedAveraging('fedprox', weighting), instructions: { proximalMu: mu } });
}
