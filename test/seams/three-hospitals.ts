import { parsePlan, Random, type TrainingData, type TrainingPlan } from '@fedward/core';
import { dpSgd } from '@fedward/privacy-dp';
import { fedPer } from './personal.js';

/** What server and hospitals have agreed on: the plan, and the plugins that it names. */
export const ids = ['north', 'east', 'south'];
const head = ['2.dense.kernel', '2.dense.bias'];
export const { aggregator, site } = fedPer({ private: head });
const noise = { clipNorm: 1, noiseMultiplier: 6 };
export const mechanism = dpSgd(noise);
export const rounds = 6;

export function planOf(name = 'three hospitals', deadlineSeconds = 60): TrainingPlan {
  return parsePlan({
    ...{ schemaVersion: 1, name, seed: 42, rounds, quorum: 2, deadlineSeconds },
    model: {
      inputShape: [4],
      layers: [
        { type: 'dense', units: 3 },
        { type: 'activation', function: 'tanh' },
        { type: 'dense', units: 2 },
      ],
      loss: 'softmax-cross-entropy',
    },
    training: {
      trainer: 'reference',
      batches: { kind: 'poisson', probability: 0.2, steps: 5, expectedSize: 12 },
      optimizer: { name: 'sgd', learningRate: 0.5 },
    },
    aggregator: { name: 'fedper' },
    privacy: {
      mechanisms: [{ name: 'dp-sgd', options: noise }],
      accountant: 'pld',
      delta: 1e-5,
      budget: { epsilon: 8 },
    },
  });
}

/** 60 records a hospital. */
export function recordsOf(id: string): TrainingData {
  const random = new Random(`records of ${id}`);
  const labels = Float32Array.from({ length: 60 }, (_, i) => i % 2);
  const features = Float32Array.from({ length: 240 }, (_, i) => random.normal() + (labels[i >> 2]! ? 1 : -1));
  return { count: 60, featureShape: [4], features, labels };
}
