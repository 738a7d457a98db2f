import {
  createLayout,
  createParameters,
  parsePlan,
  Random,
  SeededNoise,
  type ClientContext,
  type Update,
  type Task,
  type Layout,
  type Parameters,
  type Plan,
  type Tensors,
  type RoundContext,
  type TrainingPlan,
  type TrainingPlanInput,
} from '@fedward/core';

/** A small valid plan; `overrides` replaces whole members. */
export function examplePlan(overrides: Partial<TrainingPlanInput> = {}): TrainingPlan {
  return parsePlan({
    schemaVersion: 1,
    name: 'compliance',
    seed: 7,
    rounds: 3,
    model: { inputShape: [3], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' },
    training: {
      trainer: 'compliance',
      batches: { kind: 'shuffle', size: 4, epochs: 1 },
      optimizer: { name: 'sgd', learningRate: 0.1 },
    },
    aggregator: { name: 'compliance' },
    ...overrides,
  });
}

export const exampleLayout: Layout = createLayout([
  { name: 'kernel', shape: [3, 2] },
  { name: 'bias', shape: [2] },
]);

/** Normal draws of this standard deviation in a layout. */
export function randomParameters(random: Random, layout: Layout = exampleLayout, scale = 1): Parameters {
  return createParameters(
    layout,
    Float32Array.from({ length: layout.size }, () => scale * random.normal()),
  );
}

export function exampleTask(payload: Tensors, overrides: Partial<Task> = {}): Task {
  return {
    ...{ runId: 'run-1', round: 0, planHash: 'sha256:00', cohort: ['hospital-0'] },
    ...{ payload, instructions: {}, taken: null },
    ...overrides,
  };
}

export function exampleResult(clientId: string, payload: Tensors, overrides: Partial<Update> = {}): Update {
  return {
    clientId,
    baseRound: 0,
    payload,
    weight: 1,
    metrics: { loss: 0.5 },
    spent: [],
    simulationOnly: true,
    ...overrides,
  };
}

export function roundContext(plan: Plan, cohort: readonly string[], round = 0): RoundContext {
  return { runId: 'run-1', round, plan, population: cohort.length, cohort, sampling: { kind: 'all' } };
}

/** A client's context whose randomness is known by its seeds. */
export function clientContext(
  plan: TrainingPlan,
  overrides: Partial<ClientContext> = {},
  seed: string | number = 1,
): ClientContext {
  return {
    clientId: 'hospital-0',
    runId: 'run-1',
    round: 0,
    plan,
    wishes: {},
    random: new Random(`compliance shuffle ${seed}`),
    noise: new SeededNoise(new Random(`compliance noise ${seed}`)),
    ...overrides,
  };
}

export const neverAborted = (): AbortSignal => new AbortController().signal;
