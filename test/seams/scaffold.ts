import {
  changeOf,
  concatTensors,
  createLayout,
  createParameters,
  incompatible,
  isTrainingPlan,
  meanOf,
  modelOf,
  partOfTensors,
  shapesOf,
  weightedSum,
  type Aggregator,
  type Plan,
  type SiteStrategy,
  type TensorShape,
} from '@fedward/core';

/** The global model x and the global control variate c. */
type ScaffoldState = {
  readonly tensors: readonly TensorShape[];
  readonly x: Float32Array;
  readonly c: Float32Array;
};

const name = 'scaffold';

/**
 * SCAFFOLD, the server's half (Karimireddy et al. 2020, algorithm 1): x and c are sent, changes of both come back.
 * @param rate the server's learning rate
 */
export function scaffold(rate = 1): Aggregator<ScaffoldState> {
  const sent = ({ tensors, x, c }: ScaffoldState) => {
    const layout = createLayout(tensors);
    return concatTensors({ '': createParameters(layout, x), control: createParameters(layout, c) });
  };
  return {
    name,
    strategy: name,
    requires: [],
    provides: ['sum-only', 'bounded-sensitivity'],
    validate: requireSgd,
    init: ({ layout, values }) => ({ tensors: shapesOf(layout), x: values.slice(), c: new Float32Array(layout.size) }),
    parameters: ({ tensors, x }) => createParameters(createLayout(tensors), x.slice()),
    instruct: (state) => ({ payload: sent(state), instructions: {} }),
    reduce: (state) => weightedSum(sent(state)),
    apply({ tensors, x, c }, aggregate, { population }) {
      const mean = meanOf(aggregate, 2 * x.length);
      const share = Math.min(1, aggregate.count / population);
      return {
        tensors,
        x: x.map((w, i) => w + rate * mean[i]!),
        c: c.map((w, i) => w + share * mean[x.length + i]!),
      };
    },
  };
}

/** The site's half, with option II for its control variate c_i. */
export const scaffoldSite: SiteStrategy<Float32Array> = {
  name,
  requires: ['correction'],
  validate: requireSgd,
  validateTask({ payload, instructions }, _plan, model) {
    partOfTensors(modelOf(payload), '', model);
    partOfTensors(modelOf(payload), 'control', model);
    if (Object.keys(instructions).length > 0) throw incompatible('scaffold takes no instructions', 'instructions');
  },
  async answer({ sent, model, state, plan, train }) {
    const x = partOfTensors(modelOf(sent), '', model);
    const c = partOfTensors(modelOf(sent), 'control', model).values;
    const own = state ?? new Float32Array(model.size);
    const { payload: y, steps } = await train(x, { correction: c.map((w, i) => w - own[i]!) });
    const scale = 1 / (steps * plan.training.optimizer.learningRate);
    const next = own.map((w, i) => w - c[i]! + scale * (x.values[i]! - y.values[i]!));
    const moved = createParameters(model, next.map((w, i) => w - own[i]!)); // prettier-ignore
    return { update: concatTensors({ '': changeOf(y, x), control: moved }), state: next };
  },
};

/** The control variate takes a change of the model for a sum of gradients. */
function requireSgd(plan: Plan): void {
  if (isTrainingPlan(plan) && plan.training.optimizer.name === 'sgd') return;
  throw incompatible('scaffold needs training by sgd', 'training.optimizer.name');
}
