import {
  createParameters,
  layoutOf,
  parsePlan,
  Random,
  SeededNoise,
  type ClientContext,
  type TrainingData,
} from '@fedward/core';

export const plan = parsePlan({
  schemaVersion: 1,
  name: 'processes',
  seed: 7,
  rounds: 3,
  quorum: 1,
  model: { inputShape: [2], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' },
  aggregator: { name: 'fedavg' },
  training: {
    trainer: 'troubled',
    batches: { kind: 'shuffle', size: 4, epochs: 1 },
    optimizer: { name: 'sgd', learningRate: 0.1 },
  },
});
export const initial = createParameters(layoutOf(plan.model));
export const never = new AbortController().signal;

export const dataOf = (value: number, count = 3): TrainingData => ({
  count,
  featureShape: [2],
  features: new Float32Array(2 * count).fill(value),
  labels: new Float32Array(count).fill(1),
  patientIds: Array.from({ length: count }, (_, i) => `patient ${i >> 1}`),
});

/** Made anew for each training: a noise source goes on where it was. */
export const contextOf = (changes: Partial<ClientContext> = {}): ClientContext => ({
  ...{ clientId: 'north', runId: 'run', round: 0, plan, wishes: {} },
  random: new Random(1).fork('north'),
  noise: new SeededNoise(new Random(2)),
  ...changes,
});
