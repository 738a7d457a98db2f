import {
  modelSpecSchema,
  parsePlan,
  Random,
  type GradientPrivacy,
  type ModelSpec,
  type Parameters,
  type TrainingData,
  type TrainingPlan,
} from '@fedward/core';
import { initialParameters, tutorialMlp } from '@fedward/models-medical';
import { noiseFor } from './noise.js';

/** A model with data of its shape and Poisson batches, such that a training is nothing but steps. */
export interface Workload {
  /** Also how opacus_overhead.py calls the model. */
  readonly name: 'mlp' | 'cnn';
  readonly title: string;
  readonly data: TrainingData;
  readonly initial: Parameters;
  readonly gradientPrivacy: GradientPrivacy;
  readonly learningRate: number;
  batches(quick: boolean): { readonly probability: number; readonly steps: number; readonly expectedSize: number };
  plan(quick: boolean): TrainingPlan;
}

/** The model of Opacus' MNIST example (examples/mnist.py). */
const mnistCnn = modelSpecSchema.parse({
  inputShape: [28, 28, 1],
  layers: [
    { type: 'conv2d', filters: 16, kernelSize: [8, 8], stride: [2, 2], padding: 'same' },
    { type: 'activation', function: 'relu' },
    { type: 'max-pool2d', kernelSize: [2, 2] },
    { type: 'conv2d', filters: 32, kernelSize: [4, 4], stride: [2, 2] },
    { type: 'activation', function: 'relu' },
    { type: 'max-pool2d', kernelSize: [2, 2] },
    { type: 'flatten' },
    { type: 'dense', units: 32 },
    { type: 'activation', function: 'relu' },
    { type: 'dense', units: 10 },
  ],
  loss: 'softmax-cross-entropy',
});

export const workloads: readonly Workload[] = [
  workload({
    name: 'mlp',
    title: 'MLP 100-64-32-2, batch 32',
    model: tutorialMlp(),
    records: 350,
    batch: 32,
    steps: 2000,
  }),
  workload({ name: 'cnn', title: 'CNN 28x28, batch 64', model: mnistCnn, records: 600, batch: 64, steps: 120 }),
];

function workload(given: {
  readonly name: Workload['name'];
  readonly title: string;
  readonly model: ModelSpec;
  readonly records: number;
  readonly batch: number;
  readonly steps: number;
}): Workload {
  const { name, title, model, records, batch } = given;
  const learningRate = 0.05;
  const random = new Random(1);
  const data = random.fork('data');
  const batches: Workload['batches'] = (quick) => ({
    probability: batch / records,
    steps: quick ? 8 : given.steps,
    expectedSize: batch,
  });
  return {
    name,
    title,
    data: noiseFor(model, records, data, () => data.integer(0, 2)),
    initial: initialParameters(model, random.fork('weights')),
    gradientPrivacy: { clip: 'per-example', clipNorm: 1, noiseMultiplier: 1 },
    learningRate,
    batches,
    plan: (quick) =>
      parsePlan({
        schemaVersion: 1,
        name: 'dp-overhead',
        seed: 1,
        rounds: 1,
        model,
        training: {
          trainer: 'wasm',
          batches: { kind: 'poisson', ...batches(quick) },
          optimizer: { name: 'sgd', learningRate },
        },
        aggregator: { name: 'fedavg' },
      }),
  };
}
