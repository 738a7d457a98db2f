import { modelSpecSchema, parsePlan, type ModelSpec, type TrainingPlan } from '@fedward/core';
import { resnet18 } from '@fedward/models-medical';
import { imagingWorkloads } from './imaging-workloads.js';

/** A network, as networks_torch.py has it too. */
export interface NetworkWorkload {
  readonly network: 'small' | 'wide' | 'resnet18';
  readonly title: string;
  readonly model: ModelSpec;
  /** Trainers of layers alone know no graph. */
  readonly programs: readonly ('wasm' | 'onnx')[];
  /** That one sample is the mean of. */
  readonly steps: number;
}

export const batch = 32;
export const clipNorm = 1;
export const noiseMultiplier = 1;
export const learningRate = 0.001;

const block = (filters: number) => [
  { type: 'conv2d', filters, kernelSize: [3, 3], padding: 'same', bias: false },
  { type: 'activation', function: 'relu' },
];
const pooled = { type: 'max-pool2d', kernelSize: [2, 2], stride: [2, 2] };

/** Convolutions without norms, which are nearly all of its work. */
const wide = modelSpecSchema.parse({
  inputShape: [28, 28, 1],
  layers: [
    ...[...block(32), ...block(32), pooled, ...block(64), ...block(64), pooled],
    { type: 'flatten' },
    { type: 'dense', units: 64, bias: false },
    { type: 'activation', function: 'relu' },
    { type: 'dense', units: 2, bias: false },
  ],
  loss: 'softmax-cross-entropy',
});

export function networkWorkloads(quick: boolean): readonly NetworkWorkload[] {
  const small = imagingWorkloads(quick)[0]!.model;
  const large = resnet18({ inputShape: [28, 28, 1], outputs: 2, loss: 'softmax-cross-entropy' });
  return [
    { network: 'small', title: 'small CNN (imaging)', model: small, programs: ['wasm', 'onnx'], steps: quick ? 2 : 16 },
    { network: 'wide', title: 'CNN 32-32-64-64', model: wide, programs: ['wasm', 'onnx'], steps: quick ? 1 : 16 },
    { network: 'resnet18', title: 'ResNet-18', model: large, programs: ['onnx'], steps: quick ? 1 : 4 },
  ];
}

/** So many steps over all records each: clipped by example from Poisson samples that leave out none. */
export function stepsOver({ model }: NetworkWorkload, trainer: string, steps: number, clipped: boolean): TrainingPlan {
  return parsePlan({
    schemaVersion: 1,
    name: 'networks',
    seed: 1,
    rounds: 1,
    model,
    training: {
      trainer,
      batches: clipped
        ? { kind: 'poisson', probability: 1, steps, expectedSize: batch }
        : { kind: 'steps', size: batch, steps },
      optimizer: { name: 'sgd', learningRate },
    },
    aggregator: { name: 'fedavg' },
  });
}
