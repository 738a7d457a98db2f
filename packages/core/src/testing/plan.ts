import { parsePlan, type TrainingPlan, type TrainingPlanInput } from '../plan/plan.js';

/** Logistic regression on three features: eight parameters. */
export const examplePlanInput: TrainingPlanInput = {
  schemaVersion: 1,
  name: 'example',
  seed: 42,
  rounds: 4,
  model: { inputShape: [3], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' },
  training: {
    trainer: 'fake',
    batches: { kind: 'shuffle', size: 8, epochs: 1 },
    optimizer: { name: 'sgd', learningRate: 0.1 },
  },
  aggregator: { name: 'mean' },
};

export function examplePlan(changes: Partial<TrainingPlanInput> = {}): TrainingPlan {
  return parsePlan({ ...examplePlanInput, ...changes });
}

/** The plan's privacy with the mechanism `fake` of testing/fakes.ts. */
export const examplePrivacy = {
  mechanisms: [{ name: 'fake' }],
  accountant: 'fake',
  delta: 1e-5,
} as const satisfies TrainingPlanInput['privacy'];
