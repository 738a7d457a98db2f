import { modelSpecSchema, parsePlan, type ModelSpec, type TrainingPlan } from '@fedward/core';

/** A network, as imaging_torch.py has it too, and how it is trained. */
export interface ImagingWorkload {
  readonly network: 'image' | 'signal';
  readonly title: string;
  readonly model: ModelSpec;
  readonly records: number;
  readonly batch: number;
  readonly private: boolean;
}

export const clipNorm = 1;
export const noiseMultiplier = 1;
export const learningRate = 0.001;
export const momentum = 0.9;

/** 28 x 28, one channel: 3x3 kernels, group norm instead of batch norm, a mean over all positions before the end. */
const image = modelSpecSchema.parse({
  inputShape: [28, 28, 1],
  layers: [
    { type: 'conv2d', filters: 16, kernelSize: [3, 3], padding: 'same' },
    { type: 'group-norm', groups: 4 },
    { type: 'activation', function: 'relu' },
    { type: 'max-pool2d', kernelSize: [2, 2], stride: [2, 2] },
    { type: 'conv2d', filters: 32, kernelSize: [3, 3], padding: 'same' },
    { type: 'group-norm', groups: 8 },
    { type: 'activation', function: 'relu' },
    { type: 'max-pool2d', kernelSize: [2, 2], stride: [2, 2] },
    { type: 'conv2d', filters: 64, kernelSize: [3, 3], padding: 'same' },
    { type: 'group-norm', groups: 8 },
    { type: 'activation', function: 'relu' },
    { type: 'average-pool2d', kernelSize: [7, 7], stride: [7, 7] },
    { type: 'flatten' },
    { type: 'dense', units: 2 },
  ],
  loss: 'softmax-cross-entropy',
});

/** A heartbeat of 96 samples. */
const signal = modelSpecSchema.parse({
  inputShape: [96, 1],
  layers: [
    { type: 'conv1d', filters: 16, kernelSize: 7, padding: 'same' },
    { type: 'group-norm', groups: 4 },
    { type: 'activation', function: 'relu' },
    { type: 'max-pool1d', kernelSize: 2, stride: 2 },
    { type: 'conv1d', filters: 32, kernelSize: 5, padding: 'same' },
    { type: 'group-norm', groups: 8 },
    { type: 'activation', function: 'relu' },
    { type: 'max-pool1d', kernelSize: 2, stride: 2 },
    { type: 'conv1d', filters: 64, kernelSize: 3, padding: 'same' },
    { type: 'group-norm', groups: 8 },
    { type: 'activation', function: 'relu' },
    { type: 'average-pool1d', kernelSize: 24, stride: 24 },
    { type: 'flatten' },
    { type: 'dense', units: 2 },
  ],
  loss: 'softmax-cross-entropy',
});

export function imagingWorkloads(quick: boolean): readonly ImagingWorkload[] {
  const records = quick ? 128 : 512; // halves of it are whole batches
  const images = { network: 'image', model: image, records } as const;
  const signals = { network: 'signal', model: signal, records: 4 * records } as const;
  return [
    { ...images, title: 'CNN 28x28x1, batch 32', batch: 32, private: false },
    { ...images, title: 'CNN 28x28x1, batch 64', batch: 64, private: false },
    { ...images, title: 'CNN 28x28x1, batch 64, dp-sgd', batch: 64, private: true },
    { ...signals, title: 'CNN 96x1, batch 32', batch: 32, private: false },
    { ...signals, title: 'CNN 96x1, batch 64, dp-sgd', batch: 64, private: true },
  ];
}

/** One epoch at a hospital with so many records; Poisson batches where gradients are clipped by record. */
export function epochOf({ model, batch, private: clipped }: ImagingWorkload, records: number): TrainingPlan {
  return parsePlan({
    schemaVersion: 1,
    name: 'imaging',
    seed: 1,
    rounds: 1,
    model,
    training: {
      trainer: 'wasm',
      batches: clipped
        ? { kind: 'poisson', probability: batch / records, steps: Math.ceil(records / batch), expectedSize: batch }
        : { kind: 'shuffle', size: batch, epochs: 1 },
      optimizer: { name: 'momentum', learningRate, momentum },
    },
    aggregator: { name: 'fedavg' },
  });
}
