import {
  createLayout,
  createParameters,
  parsePlan,
  type Aggregator,
  type ComposedState,
  type RoundContext,
  type Update,
} from '@fedward/core';

/** Three values. */
export const layout = createLayout([
  { name: 'kernel', shape: [2, 1] },
  { name: 'bias', shape: [1] },
]);

export const plan = parsePlan({
  schemaVersion: 1,
  name: 'fedopt',
  seed: 1,
  rounds: 1,
  model: { inputShape: [2], layers: [{ type: 'dense', units: 1 }], loss: 'sigmoid-cross-entropy' },
  training: {
    trainer: 'none',
    batches: { kind: 'shuffle', size: 8, epochs: 1 },
    optimizer: { name: 'sgd', learningRate: 0.1 },
  },
  aggregator: { name: 'fedadam' },
});

export const contextFor = (round: number, updates: readonly Update[] = []): RoundContext => ({
  ...{ runId: 'run-1', round, plan, population: updates.length, sampling: { kind: 'all' } },
  cohort: updates.map(({ clientId }) => clientId),
});

export function update(index: number, values: readonly number[], weight = 1): Update {
  return {
    ...{ clientId: `hospital-${index}`, baseRound: 0, metrics: {}, spent: [], simulationOnly: true, weight },
    payload: createParameters(layout, Float32Array.from(values)),
  };
}

/** One round of these updates. */
export function roundOf<S extends ComposedState>(
  aggregator: Aggregator<S>,
  state: S,
  updates: readonly Update[],
  round = 0,
): S {
  const context = contextFor(round, updates);
  const reduction = aggregator.reduce(state, context);
  for (const one of updates) reduction.add(one);
  return aggregator.apply(state, reduction.finish(), context);
}

/** The models after each round of mean changes, from this one, which need not be of float32. */
export function pathOf<S extends ComposedState>(
  aggregator: Aggregator<S>,
  start: readonly number[],
  changes: readonly (readonly number[])[],
): { models: Float32Array[]; states: S[] } {
  const form = start.length === layout.size ? layout : createLayout([{ name: 'w', shape: [start.length] }]);
  let state = aggregator.init(createParameters(form, Float32Array.from(start)), { plan, population: 1 });
  const { rest } = state.optimizer as { rest: Float64Array };
  rest.forEach((_, i) => (rest[i] = start[i]! - Math.fround(start[i]!)));
  const states = changes.map((change, round) => {
    const aggregate = { payload: Float64Array.from(change), divisor: 1, count: 1 };
    return (state = aggregator.apply(state, aggregate, contextFor(round)));
  });
  return { states, models: states.map((one) => aggregator.parameters(one).values) };
}
