import {
  parsePlan,
  type ModelSpec,
  type ModelSpecInput,
  type TrainingPlan,
  type TrainingPlanInput,
} from '@fedward/core';

export {
  contextOf,
  dataOf,
  notAborted,
  relativeError,
  spec,
  weightsOf,
  type LayerInput,
} from '../../../../tools/testing/trainer-problems.js';

type Training = TrainingPlanInput['training'];

/** What a plan says beside its model and batches. */
export interface PlanOptions {
  readonly optimizer?: Training['optimizer'];
  readonly patients?: boolean;
  readonly training?: Partial<Training>;
}

export function planOf(
  model: ModelSpec,
  batches: Training['batches'],
  { optimizer = { name: 'sgd', learningRate: 1 }, patients = false, training }: PlanOptions = {},
): TrainingPlan {
  return parsePlan({
    schemaVersion: 1,
    name: 'test',
    seed: 1,
    rounds: 1,
    model: model as ModelSpecInput,
    training: { trainer: 'onnx', batches, optimizer, ...training },
    aggregator: { name: 'any' },
    ...(patients && { privacy: { mechanisms: [{ name: 'any' }], accountant: 'any', delta: 1e-5, unit: 'patient' } }),
  });
}
