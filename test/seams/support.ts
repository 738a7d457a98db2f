import { parsePlan, type TrainingData, type TrainingPlan, type TrainingPlanInput } from '@fedward/core';

/** Linear regression with squared error in two features, trained in full batches. */
export function linearPlan(changes: Partial<TrainingPlanInput> = {}): TrainingPlan {
  return parsePlan({
    schemaVersion: 1,
    name: 'seam',
    seed: 1,
    rounds: 30,
    model: { inputShape: [2], layers: [{ type: 'dense', units: 1, bias: false }], loss: 'squared-error' },
    training: {
      trainer: 'reference',
      batches: { kind: 'shuffle', size: 1000, epochs: 20 },
      optimizer: { name: 'sgd', learningRate: 0.2 },
    },
    aggregator: { name: 'fedavg' },
    ...changes,
  });
}

export function dataOf(rows: readonly (readonly number[])[], labels: readonly number[]): TrainingData {
  return {
    count: rows.length,
    featureShape: [rows[0]!.length],
    features: Float32Array.from(rows.flat()),
    labels: Float32Array.from(labels),
  };
}

export const neverFired = new AbortController().signal;
