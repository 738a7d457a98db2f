import { parseWith, type Aggregator, type ComposedState } from '@fedward/core';
import * as z from 'zod';
import { adaptive, type AdaptiveState } from './adaptive.js';
import { federatedOptimization } from './family.js';
import { adaptiveOptions, beta1Option, learningRateOption } from './options.js';

/** The options of `fedAdagrad`. */
export const fedAdagradOptions = z.strictObject({
  learningRate: learningRateOption(0.1),
  beta1: beta1Option(0),
  ...adaptiveOptions,
});

/** Of `fedAdagrad`. */
export type FedAdagradOptions = z.input<typeof fedAdagradOptions>;

/**
 * FedAdagrad: v_t = v_{t-1} + Delta_t^2, so that steps become shorter from round to round.
 * Source: Reddi et al. 2021, Adaptive federated optimization, algorithm 2. Its experiments take beta_1 = 0, as here;
 * FLamby's benchmark takes beta1 0.9, tau 1e-8 and initialAccumulator 0.
 *
 * @param options `learningRate` (eta, 0.1), `beta1` (0), `tau` (1e-3), `initialAccumulator` (tau^2)
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the key; (by `validate`) CONFIG_INCOMPATIBLE for a plan whose work is a query
 */
export function fedAdagrad(
  options: FedAdagradOptions = {},
  path = 'aggregator.options',
): Aggregator<ComposedState<AdaptiveState>> {
  const rule = parseWith(fedAdagradOptions, options, path);
  return federatedOptimization('fedadagrad', adaptive({ ...rule, accumulate: sumSquares }));
}

function sumSquares(second: Float64Array, change: Float64Array): void {
  for (let i = 0; i < second.length; i++) second[i]! += change[i]! ** 2;
}
