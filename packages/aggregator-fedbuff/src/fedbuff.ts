import {
  composeAggregator,
  incompatible,
  isTrainingPlan,
  parseWith,
  type Aggregator,
  type ComposedState,
  type Plan,
  type ServerOptimizer,
} from '@fedward/core';
import * as z from 'zod';
import { bufferedMean } from './buffered-mean.js';
import { stalenessOptions } from './staleness.js';

/** The options of FedBuff. */
export const fedBuffOptions = z.strictObject({
  learningRate: z.number().positive().default(1).describe("the server's, eta_g, above 0"),
  staleness: stalenessOptions
    .default({ kind: 'polynomial', exponent: 0.5 })
    .describe('what an update of an earlier round counts for: polynomial, constant or hinge'),
});

/** Of `fedBuff`. */
export type FedBuffOptions = z.input<typeof fedBuffOptions>;

/**
 * FedBuff, the server's half: w_{t+1} = w_t + eta_g (sum_i s(t - t_i) n_i x_i) / (sum_i n_i) over a buffer of changes x_i, of
 * which the i-th was trained from the model of round t_i. When the buffer is full is the collector's to say (`buffered`).
 * With `everyone` all are fresh, and it is FedAvg with a server learning rate. The paper counts each update alike; here each
 * counts by its number of records, n_i, as elsewhere, where that may be told.
 * Source: Nguyen et al. 2022, Federated learning with buffered asynchronous aggregation, algorithm 1 and section 5.
 *
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the key; (by `validate`) CONFIG_INCOMPATIBLE for a plan whose work is a query
 */
export function fedBuff(options: FedBuffOptions = {}, path = 'aggregator.options'): Aggregator<ComposedState<null>> {
  const { learningRate, staleness } = parseWith(fedBuffOptions, options, path);
  return composeAggregator({
    name: 'fedbuff',
    requires: [],
    provides: ['sum-only', 'bounded-sensitivity', 'plain-changes', 'stale-updates'],
    reduce: (form, context) => bufferedMean(form, context, staleness),
    optimizer: scaled(learningRate),
    validate,
  });
}

/** The old model and the mean change, times a learning rate. */
function scaled(rate: number): ServerOptimizer<null> {
  return {
    init: () => null,
    step: (model, change) => ({ model: model.map((w, i) => w + rate * change[i]!), state: null }),
  };
}

function validate(plan: Plan): void {
  if (isTrainingPlan(plan)) return;
  const asks = `the plan's work is the query ${plan.query.name}`;
  throw incompatible(`fedbuff averages changes of a model, and ${asks}: name an aggregator of its answers`, 'aggregator.name'); // prettier-ignore
}
