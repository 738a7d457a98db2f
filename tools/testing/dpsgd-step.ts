import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createParameters,
  layoutOf,
  modelSpecSchema,
  type ModelSpec,
  type Parameters,
  type TrainingData,
} from '@fedward/core';

/** Numbers, nested as the axes of a tensor. */
type Nested = number | readonly Nested[];
type Tensors = Readonly<Record<string, Nested>>;

/** What the file of a step has, as far as it is read; arrays with channels last. */
interface Reference {
  readonly inputs: Nested | { readonly tensorflow: Nested };
  readonly labels: readonly number[];
  readonly weights: { readonly tensorflow: Tensors };
  readonly clip_norm: number;
  readonly logits: Nested;
  readonly per_example_loss: readonly number[];
  readonly per_example_grad_norm: readonly number[];
  readonly per_example_clip_factor_flat: readonly number[];
  readonly gradients: {
    readonly tensorflow: {
      readonly per_example_gradients: readonly Tensors[];
      readonly clipped_sum_flat: Tensors;
      readonly unclipped_mean_gradient: Tensors;
    };
  };
}

/** One step of DP-SGD as PyTorch computes it in float64: what it is of, and what comes out, flat, in the order of the layout. */
export interface DpSgdStep {
  readonly data: TrainingData;
  readonly parameters: Parameters;
  readonly clipNorm: number;
  readonly logits: readonly number[];
  /** By example. */
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  readonly factors: readonly number[];
  readonly gradients: readonly number[];
  /** Of the gradients by example, each times its factor. */
  readonly clippedSum: readonly number[];
  /** Of the gradients as they are. */
  readonly meanGradient: readonly number[];
}

const flat = (nested: Nested): number[] => (typeof nested === 'number' ? [nested] : nested.flatMap(flat));
const inOrder = (tensors: Tensors): number[] => Object.values(tensors).flatMap(flat);

const relu = { type: 'activation', function: 'relu' } as const;

/** The networks that there is a step of. */
export const stepModels: Readonly<Record<string, ModelSpec>> = {
  mlp: modelSpecSchema.parse({
    inputShape: [10],
    layers: [{ type: 'dense', units: 8 }, relu, { type: 'dense', units: 6 }, relu, { type: 'dense', units: 2 }],
    loss: 'softmax-cross-entropy',
  }),
  cnn: modelSpecSchema.parse({
    inputShape: [8, 8, 1],
    layers: [
      { type: 'conv2d', filters: 3, kernelSize: [3, 3], padding: 'same' },
      relu,
      { type: 'max-pool2d', kernelSize: [2, 2], stride: [2, 2] },
      { type: 'conv2d', filters: 4, kernelSize: [3, 3] },
      relu,
      { type: 'flatten' },
      { type: 'dense', units: 2 },
    ],
    loss: 'softmax-cross-entropy',
  }),
  cnn1d: modelSpecSchema.parse({
    inputShape: [16, 1],
    layers: [
      { type: 'conv1d', filters: 3, kernelSize: 3, padding: 'same' },
      relu,
      { type: 'max-pool1d', kernelSize: 2, stride: 2 },
      { type: 'conv1d', filters: 4, kernelSize: 3 },
      relu,
      { type: 'flatten' },
      { type: 'dense', units: 2 },
    ],
    loss: 'softmax-cross-entropy',
  }),
};

/** The steps lie beside the data sets. */
export const stepFolder = process.env['FEDWARD_DATA'] && join(process.env['FEDWARD_DATA'], '..', 'reference', 'dp');

/** @param name one of `stepModels` */
export function readStep(name: string): DpSgdStep {
  const spec = stepModels[name]!;
  const reference = JSON.parse(readFileSync(join(stepFolder!, `dpsgd_${name}_step.json`), 'utf8')) as Reference;
  const { inputs, labels, gradients } = reference;
  const features = typeof inputs === 'object' && 'tensorflow' in inputs ? inputs.tensorflow : inputs;
  return {
    data: {
      count: labels.length,
      featureShape: spec.inputShape,
      features: Float32Array.from(flat(features)),
      labels: Float32Array.from(labels),
    },
    parameters: createParameters(layoutOf(spec), Float32Array.from(inOrder(reference.weights.tensorflow))),
    clipNorm: reference.clip_norm,
    logits: flat(reference.logits),
    losses: reference.per_example_loss,
    norms: reference.per_example_grad_norm,
    factors: reference.per_example_clip_factor_flat,
    gradients: gradients.tensorflow.per_example_gradients.flatMap(inOrder),
    clippedSum: inOrder(gradients.tensorflow.clipped_sum_flat),
    meanGradient: inOrder(gradients.tensorflow.unclipped_mean_gradient),
  };
}
