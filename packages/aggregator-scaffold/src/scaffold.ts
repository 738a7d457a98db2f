import {
  concatTensors,
  createLayout,
  createParameters,
  meanOf,
  parseWith,
  shapesOf,
  weightedSum,
  type Aggregator,
  type TensorShape,
} from '@fedward/core';
import { assertSuits, name, scaffoldOptions, type ScaffoldOptions } from './options.js';

/** What the server keeps. With n the model's size, all in float64: */
export type ScaffoldState = {
  readonly tensors: readonly TensorShape[];
  /** [n], the global model x. */
  readonly model: Float64Array;
  /** [n], the sum of w_i c_i over all sites: of what each has been taken from, with its weight. */
  readonly controls: Float64Array;
  /** Divisors and numbers of all updates so far: from these, what all sites weigh together. */
  readonly weight: number;
  readonly count: number;
  /** Number of sites that there are, N. */
  readonly population: number;
};

/**
 * SCAFFOLD, the server's half: FedAvg whose sites correct each step by c - c_i, where c_i is what a site's gradients were and c
 * is the mean of all c_i, so that a site with data unlike the others' does not drift to an optimum of its own.
 * Source: Karimireddy et al. 2020, SCAFFOLD: stochastic controlled averaging for federated learning, algorithm 1 and
 * equation 5: x += eta mean over S of (y_i - x); c += |S| / N mean over S of (c_i+ - c_i).
 *
 * What is sent is x and c, and what comes back are the changes of x and of c_i, in one payload each way: whatever clips,
 * masks or adds noise to an update has all of it.
 *
 * The server keeps the sum of the w_i c_i, in place of c: it is exact whoever answers, and c is that sum divided by
 * what all sites weigh, which the rounds so far tell. With equal weights that is the paper's rule to the letter. With unequal
 * ones, and rounds that lack a site, the paper's |S| / N would leave c apart from the mean of the c_i for good.
 *
 * @param options `learningRate` (eta, 1), `option` and `weighting`, which are the sites' business
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the key; (by `validate`) CONFIG_INCOMPATIBLE for another optimizer than plain SGD
 *   and for a plan whose work is a query
 */
export function scaffold(options: ScaffoldOptions = {}, path = 'aggregator.options'): Aggregator<ScaffoldState> {
  const { learningRate, weighting } = parseWith(scaffoldOptions, options, path);
  return {
    name,
    strategy: name,
    // The sum of all c_i is by the sites' own weights, whichever of them are asked.
    requires: ['told-weights'],
    // Not plain-changes: what a site sends is made with what it kept of earlier rounds.
    provides: ['sum-only', 'bounded-sensitivity'],
    validate: assertSuits,
    ...(weighting === 'uniform' && { counts: () => 1 }),
    init: ({ layout, values }, { population }) => ({
      ...{ tensors: shapesOf(layout), model: Float64Array.from(values), controls: new Float64Array(layout.size) },
      ...{ weight: 0, count: 0, population },
    }),
    parameters: ({ tensors, model }) => createParameters(createLayout(tensors), Float32Array.from(model)),
    instruct: (state) => ({ payload: sent(state), instructions: {} }),
    reduce: (state) => weightedSum(sent(state)),
    apply(state, aggregate) {
      const { model, controls } = state;
      const size = model.length;
      const mean = meanOf(aggregate, 2 * size);
      return {
        ...state,
        model: model.map((x, i) => x + learningRate * mean[i]!),
        controls: controls.map((sum, i) => sum + aggregate.payload[size + i]!),
        weight: state.weight + aggregate.divisor,
        count: state.count + aggregate.count,
      };
    },
  };
}

/** x, and c by the name `control`. */
function sent({ tensors, model, controls, weight, count, population }: ScaffoldState) {
  const layout = createLayout(tensors);
  // Nobody has answered yet: c is 0, as all c_i are.
  const total = count === 0 ? 1 : (population * weight) / count;
  const control = Float32Array.from(controls, (sum) => sum / total);
  return concatTensors({
    '': createParameters(layout, Float32Array.from(model)),
    control: createParameters(layout, control),
  });
}
