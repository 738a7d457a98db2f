import { parseWith, type Aggregator, type ComposedState } from '@fedward/core';
import * as z from 'zod';
import { adaptive, type AdaptiveRule, type AdaptiveState } from './adaptive.js';
import { federatedOptimization } from './family.js';
import { adaptiveOptions, beta1Option, beta2Option, learningRateOption } from './options.js';

/** The options of `fedAdam`. */
export const fedAdamOptions = z.strictObject({
  learningRate: learningRateOption(0.01),
  beta1: beta1Option(0.9),
  beta2: beta2Option,
  ...adaptiveOptions,
  biasCorrection: z
    .enum(['none', 'moments', 'flower'])
    .default('none')
    .describe(
      'for means that start at 0: none (Reddi et al. 2021); moments, m / (1 - beta1^t) and v / (1 - beta2^t) in step ' +
        "t = 1, 2, ... (Kingma and Ba 2015); flower, the learning rate times sqrt(1 - beta2^(t+1)) / (1 - beta1^(t+1)), as Flower's",
    ),
});

/** Of `fedAdam`. */
export type FedAdamOptions = z.input<typeof fedAdamOptions>;

/**
 * FedAdam: v_t = beta_2 v_{t-1} + (1 - beta_2) Delta_t^2.
 * Source: Reddi et al. 2021, Adaptive federated optimization, algorithm 2, with its v_0 = tau^2 and no bias correction. Other
 * published forms: `initialAccumulator: 0` (FLamby's, with beta2 0.999 and tau 1e-8), `biasCorrection: moments` (Kingma
 * and Ba 2015, algorithm 1), `biasCorrection: flower` (Flower 1.42, whose exponent is one more than the step's number).
 *
 * @param options `learningRate` (eta, 0.01), `beta1` (0.9), `beta2` (0.99), `tau` (1e-3), `initialAccumulator` (tau^2),
 *   `biasCorrection` (none)
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the key; (by `validate`) CONFIG_INCOMPATIBLE for a plan whose work is a query
 */
export function fedAdam(
  options: FedAdamOptions = {},
  path = 'aggregator.options',
): Aggregator<ComposedState<AdaptiveState>> {
  const { biasCorrection, ...rule } = parseWith(fedAdamOptions, options, path);
  const { beta1, beta2 } = rule;
  const corrections: Record<typeof biasCorrection, NonNullable<AdaptiveRule['correct']>> = {
    none: () => ({ rate: 1, second: 1 }),
    moments: (t) => ({ rate: 1 / (1 - beta1 ** t), second: 1 / (1 - beta2 ** t) }),
    flower: (t) => ({ rate: Math.sqrt(1 - beta2 ** (t + 1)) / (1 - beta1 ** (t + 1)), second: 1 }),
  };
  const correct = corrections[biasCorrection];
  const accumulate = (second: Float64Array, change: Float64Array) => decaySquares(second, change, beta2);
  return federatedOptimization('fedadam', adaptive({ ...rule, accumulate, correct }));
}

function decaySquares(second: Float64Array, change: Float64Array, beta2: number): void {
  for (let i = 0; i < second.length; i++) second[i] = beta2 * second[i]! + (1 - beta2) * change[i]! ** 2;
}
