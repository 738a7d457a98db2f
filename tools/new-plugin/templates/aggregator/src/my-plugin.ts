import {
  composeAggregator,
  weightedSum,
  type Aggregator,
  type ComposedState,
  type ServerOptimizer,
} from '@fedward/core';
import * as z from 'zod';

/** The options of `my-plugin`. */
export const myPluginOptions = z.strictObject({
  learningRate: z
    .number()
    .positive()
    .default(1)
    .describe("how far the model goes along the mean of the sites' changes, > 0; with 1 it is FedAvg"),
});

/** Of `myPluginAggregator`, defaults filled in. */
export type MyPluginOptions = z.output<typeof myPluginOptions>;

/** w + rate * change: no state beside the model. */
const alongTheMean = (rate: number): ServerOptimizer<null> => ({
  init: () => null,
  step: (model, change) => ({ model: model.map((w, i) => w + rate * change[i]!), state: null }),
});

/**
 * The mean of the sites' changes, coordinate by coordinate and weighted by `Update.weight`, taken with a server learning
 * rate: Reddi et al. 2021, Adaptive federated optimization, algorithm 1 with SGD as the server's optimizer.
 */
export function myPluginAggregator({ learningRate }: MyPluginOptions): Aggregator<ComposedState<null>> {
  return composeAggregator({
    name: 'my-plugin',
    reduce: weightedSum,
    requires: [],
    // True of any weighted sum. One that looks at single updates requires 'individual-updates' and provides neither.
    provides: ['sum-only', 'bounded-sensitivity'],
    optimizer: alongTheMean(learningRate),
  });
}
