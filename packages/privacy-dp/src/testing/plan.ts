import {
  parsePlan,
  parseQueryPlan,
  type QueryPlan,
  type QueryPlanInput,
  type TrainingPlan,
  type TrainingPlanInput,
} from '@fedward/core';

export const poisson = { kind: 'poisson', probability: 0.1, steps: 12, expectedSize: 30 } as const;
export const shuffle = { kind: 'shuffle', size: 32, epochs: 3 } as const;

/** A plan with these batches, for tests of what a mechanism makes of it. */
export function planWith(
  batches: TrainingPlanInput['training']['batches'],
  privacy: Partial<NonNullable<TrainingPlanInput['privacy']>> = {},
): TrainingPlan {
  return parsePlan({
    schemaVersion: 1,
    name: 'a test',
    seed: 1,
    rounds: 30,
    model: { inputShape: [4], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' },
    training: { trainer: 'any', batches, optimizer: { name: 'sgd', learningRate: 0.1 } },
    aggregator: { name: 'any' },
    privacy: { mechanisms: [{ name: 'any' }], accountant: 'rdp', delta: 1e-5, ...privacy },
  } satisfies TrainingPlanInput);
}

/** A plan whose work is a query, for the same. */
export function queryPlanWith(privacy: Partial<NonNullable<QueryPlanInput['privacy']>> = {}): QueryPlan {
  return parseQueryPlan({
    schemaVersion: 1,
    name: 'a test',
    seed: 1,
    rounds: 1,
    query: { name: 'counts' },
    aggregator: { name: 'any' },
    privacy: { mechanisms: [{ name: 'any' }], accountant: 'rdp', delta: 1e-5, ...privacy },
  } satisfies QueryPlanInput);
}
