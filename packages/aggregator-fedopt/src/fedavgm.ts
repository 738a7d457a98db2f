import { parseWith, type Aggregator, type ComposedState, type ServerOptimizer } from '@fedward/core';
import * as z from 'zod';
import { moved } from './exact.js';
import { federatedOptimization } from './family.js';
import { learningRateOption } from './options.js';

/** The options of `fedAvgM`. */
export const fedAvgMOptions = z.strictObject({
  learningRate: learningRateOption(1),
  momentum: z.number().min(0).lt(1).default(0.9).describe('share of its last step that the server repeats, in [0, 1)'),
});

/** Of `fedAvgM`. */
export type FedAvgMOptions = z.input<typeof fedAvgMOptions>;

/** All in float64, [size] each. */
export type MomentumState = {
  readonly velocity: Float64Array;
  /** What float32 took of the model. */
  readonly rest: Float64Array;
};

/**
 * FedAvgM: with Delta_t the mean change, m_t = momentum m_{t-1} + Delta_t and x_{t+1} = x_t + eta m_t. Momentum 0 and a
 * learning rate of 1 are FedAvg. A constant change moves the model by up to eta / (1 - momentum) times itself.
 * Source: Hsu et al. 2019, Measuring the effects of non-identical data distribution for federated visual classification,
 * section 4.3; the learning rate as in Reddi et al. 2021.
 *
 * @param options `learningRate` (eta, 1) and `momentum` (0.9)
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the key; (by `validate`) CONFIG_INCOMPATIBLE for a plan whose work is a query
 */
export function fedAvgM(
  options: FedAvgMOptions = {},
  path = 'aggregator.options',
): Aggregator<ComposedState<MomentumState>> {
  const { learningRate, momentum } = parseWith(fedAvgMOptions, options, path);
  const optimizer: ServerOptimizer<MomentumState> = {
    init: (size) => ({ velocity: new Float64Array(size), rest: new Float64Array(size) }),
    step(model, change, state) {
      const velocity = state.velocity.map((v, i) => momentum * v + change[i]!);
      const step = velocity.map((v) => learningRate * v);
      const { model: next, rest } = moved(model, step, state.rest);
      return { model: next, state: { velocity, rest } };
    },
  };
  return federatedOptimization('fedavgm', optimizer);
}
