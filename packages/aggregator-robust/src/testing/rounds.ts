import {
  createLayout,
  createParameters,
  parsePlan,
  type Aggregator,
  type RoundContext,
  type TrainingPlan,
  type TrainingPlanInput,
  type Update,
} from '@fedward/core';

export const layout = createLayout([
  { name: 'kernel', shape: [2, 2] },
  { name: 'bias', shape: [1] },
]);

export const planOf = (more: Partial<TrainingPlanInput> = {}): TrainingPlan =>
  parsePlan({
    ...{ schemaVersion: 1, name: 'robust', seed: 1, rounds: 1, aggregator: { name: 'median' } },
    model: { inputShape: [2], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' },
    training: {
      trainer: 'none',
      batches: { kind: 'shuffle', size: 8, epochs: 1 },
      optimizer: { name: 'sgd', learningRate: 0.1 },
    },
    ...more,
  });

export const contextOf = (cohort: readonly string[]): RoundContext => ({
  ...{ runId: 'run-1', round: 0, plan: planOf(), population: cohort.length, cohort, sampling: { kind: 'all' } },
});

/** An update of the small layout. */
export const updateOf = (index: number, values: readonly number[], weight = 1): Update => ({
  ...{ clientId: `hospital-${index}`, baseRound: 0, weight, metrics: {}, spent: [], simulationOnly: true },
  payload: createParameters(layout, Float32Array.from(values)),
});

/** What a round of these adds to a model of zeros. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what it keeps is its own business
export function changeBy(aggregator: Aggregator<any>, updates: readonly Update[]): Float32Array {
  const context = contextOf(updates.map(({ clientId }) => clientId));
  const state: unknown = aggregator.init(createParameters(layout), context);
  const reduction = aggregator.reduce(state, context);
  for (const update of updates) reduction.add(update);
  const { leftOut: _, ...sum } = reduction.finish();
  return aggregator.parameters(aggregator.apply(state, sum, context)).values;
}

export const norm = (values: ArrayLike<number>): number => Math.hypot(...Array.from(values));
