import { parseWith, type Aggregator, type ComposedState } from '@fedward/core';
import * as z from 'zod';
import { adaptive, type AdaptiveState } from './adaptive.js';
import { federatedOptimization } from './family.js';
import { adaptiveOptions, beta1Option, beta2Option, learningRateOption } from './options.js';

/** The options of `fedYogi`. */
export const fedYogiOptions = z.strictObject({
  learningRate: learningRateOption(0.01),
  beta1: beta1Option(0.9),
  beta2: beta2Option,
  ...adaptiveOptions,
});

/** Of `fedYogi`. */
export type FedYogiOptions = z.input<typeof fedYogiOptions>;

/**
 * FedYogi: v_t = v_{t-1} - (1 - beta_2) Delta_t^2 sign(v_{t-1} - Delta_t^2), so that v falls by no more than the squares of
 * the changes allow, and steps do not become long again at once where changes become small.
 * Source: Reddi et al. 2021, Adaptive federated optimization, algorithm 2, with its v_0 = tau^2; FLamby's form is
 * `initialAccumulator: 0` with beta2 0.999 and tau 1e-8.
 *
 * @param options `learningRate` (eta, 0.01), `beta1` (0.9), `beta2` (0.99), `tau` (1e-3), `initialAccumulator` (tau^2)
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the key; (by `validate`) CONFIG_INCOMPATIBLE for a plan whose work is a query
 */
export function fedYogi(
  options: FedYogiOptions = {},
  path = 'aggregator.options',
): Aggregator<ComposedState<AdaptiveState>> {
  const rule = parseWith(fedYogiOptions, options, path);
  const accumulate = (second: Float64Array, change: Float64Array) => towardsSquares(second, change, rule.beta2);
  return federatedOptimization('fedyogi', adaptive({ ...rule, accumulate }));
}

function towardsSquares(second: Float64Array, change: Float64Array, beta2: number): void {
  for (let i = 0; i < second.length; i++) {
    const square = change[i]! ** 2;
    second[i]! -= (1 - beta2) * square * Math.sign(second[i]! - square);
  }
}
