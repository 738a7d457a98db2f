import { addMean, composeAggregator, weightedSum, type Aggregator, type ComposedState } from '@fedward/core';
import * as z from 'zod';

/** The options of `my-plugin`: both halves are made from them. */
export const myPluginOptions = z.strictObject({
  share: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe("share of the site's own model in what is scored there, in [0, 1]; with 0 it is FedAvg"),
});

/** Of both halves, defaults filled in. */
export type MyPluginOptions = z.output<typeof myPluginOptions>;

/** The server's half: the mean of the sites' changes. Its other half, at the sites, is found by its name. */
export function myPluginAggregator(): Aggregator<ComposedState<null>> {
  return composeAggregator({
    ...{ name: 'my-plugin', strategy: 'my-plugin', reduce: weightedSum, optimizer: addMean },
    ...{ requires: [], provides: ['sum-only', 'bounded-sensitivity'] },
  });
}
