import {
  changeOf,
  concatTensors,
  createParameters,
  incompatible,
  modelOf,
  parseWith,
  partOfTensors,
  type Parameters,
  type SiteStrategy,
  type StrategyContext,
} from '@fedward/core';
import { assertSuits, name, scaffoldOptions, type ScaffoldOptions } from './options.js';

/** c_i, [size of the model], in float64. */
type Control = Float64Array;

/**
 * SCAFFOLD, the site's half (Karimireddy et al. 2020, algorithm 1, equations 3 and 4). Each step is
 * y -= eta (g(y) - c_i + c), and after K steps the control variate becomes, by option I, c_i+ = g(x) over all records, and
 * by option II, c_i+ = c_i - c + (x - y) / (K eta), which costs nothing more. Back go y - x and c_i+ - c_i. c_i stays at the
 * site, and is renewed once the server has taken the update: one that was lost is not built upon.
 *
 * @param options `option` (II) and `weighting` (records); `learningRate` is the server's
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the key
 */
export function scaffoldSite(options: ScaffoldOptions = {}, path = 'aggregator.options'): SiteStrategy<Control> {
  const { option, weighting } = parseWith(scaffoldOptions, options, path);
  return {
    name,
    requires: ['correction'],
    trainings: option === 'I' ? 2 : 1,
    validate: assertSuits,
    validateTask({ payload, instructions }, _plan, model) {
      for (const part of ['', 'control']) partOfTensors(modelOf(payload), part, model);
      const [unknown] = Object.keys(instructions);
      if (unknown !== undefined) throw incompatible(`${name} takes no instructions, and ${unknown} was given`, unknown);
    },
    async answer(context) {
      const { sent, model, train } = context;
      const x = partOfTensors(modelOf(sent), '', model);
      const c = partOfTensors(modelOf(sent), 'control', model).values;
      const own = context.state ?? new Float64Array(model.size);
      const trained = await train(x, { correction: Float32Array.from(own, (mine, i) => c[i]! - mine) });
      const moved =
        option === 'I'
          ? await byGradient(context, x, own)
          : bySteps(c, x, trained.payload, rateOf(context, trained.steps));
      return {
        update: concatTensors({ '': changeOf(trained.payload, x), control: createParameters(model, moved) }),
        // By what is sent, rounded as it is: the server's sum of all sites' c_i is the sum of these.
        state: own.map((mine, i) => mine + moved[i]!),
        ...(weighting === 'uniform' && { weight: 1 }),
      };
    },
  };
}

/** 1 / (K eta). */
function rateOf({ plan }: StrategyContext<Control>, steps: number): number {
  return 1 / (steps * plan.training.optimizer.learningRate);
}

/** Option II: c_i+ - c_i = (x - y) / (K eta) - c. */
function bySteps(c: Float32Array, { values: x }: Parameters, { values: y }: Parameters, rate: number): Float32Array {
  return c.map((common, i) => rate * (x[i]! - y[i]!) - common);
}

/**
 * Option I: c_i+ - c_i = g(x) - c_i. The gradient is the step that plain SGD with a learning rate of 1 makes on all records
 * at once.
 */
async function byGradient(
  { data, train }: StrategyContext<Control>,
  x: Parameters,
  own: Control,
): Promise<Float32Array> {
  const batches = { kind: 'steps', size: data.count, steps: 1 } as const;
  const { payload } = await train(x, {}, { batches, optimizer: { name: 'sgd', learningRate: 1 } });
  return x.values.map((w, i) => w - payload.values[i]! - own[i]!);
}
