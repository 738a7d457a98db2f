import type { ModelSpec } from '@fedward/core';
import { spec, type LayerInput } from './problems.js';

const tanh: LayerInput = { type: 'activation', function: 'tanh' };
const signals: LayerInput = { type: 'conv1d', filters: 4, kernelSize: 3 };
const images: LayerInput = { type: 'conv2d', filters: 5, kernelSize: [3, 2] };
const classifier = (inputShape: number[], ...layers: LayerInput[]): ModelSpec =>
  spec(inputShape, [...layers, { type: 'flatten' }, { type: 'dense', units: 3 }]);

/** One for each layer and each loss. */
export const models: Readonly<Record<string, ModelSpec>> = {
  'dense, without a bias': classifier([7], { type: 'dense', units: 9, bias: false }, tanh),
  ...Object.fromEntries(
    (['relu', 'tanh', 'sigmoid', 'elu'] as const).map((name) => [
      name,
      classifier([7], { type: 'dense', units: 9 }, { type: 'activation', function: name }),
    ]),
  ),
  dropout: classifier([7], { type: 'dense', units: 9 }, tanh, { type: 'dropout', rate: 0.3 }),
  'dropout of images': classifier([7, 6, 2], images, { type: 'dropout', rate: 0.3 }, tanh, { ...images, filters: 2 }),
  scale: classifier([7], { type: 'dense', units: 9 }, { type: 'scale', factor: 0.4 }, tanh),
  conv1d: classifier([12, 2], { ...signals, padding: 'same', stride: 2 }, tanh, { ...signals, filters: 2 }),
  conv2d: classifier([7, 6, 2], { ...images, padding: 'same' }, tanh, { ...images, stride: [2, 1], bias: false }),
  'max-pool1d': classifier([12, 2], signals, { type: 'max-pool1d', kernelSize: 3, stride: 2 }),
  'max-pool2d': classifier([7, 6, 1], images, { type: 'max-pool2d', kernelSize: [2, 3], stride: [1, 2] }),
  'average-pool1d': classifier([12, 2], signals, { type: 'average-pool1d', kernelSize: 3, stride: 2 }),
  'average-pool2d': classifier([7, 6, 1], images, { type: 'average-pool2d', kernelSize: [2, 3], stride: [1, 2] }),
  'group-norm': classifier([8, 3], { ...signals, bias: false }, { type: 'group-norm', groups: 2 }, tanh),
  'group-norm of a row': classifier([7], { type: 'dense', units: 8 }, { type: 'group-norm', groups: 2 }, tanh),
  'sigmoid cross-entropy': spec(
    [7],
    [{ type: 'dense', units: 6 }, tanh, { type: 'dense', units: 1 }],
    'sigmoid-cross-entropy',
  ),
  'squared error': spec([7], [{ type: 'dense', units: 6 }, tanh, { type: 'dense', units: 1 }], 'squared-error'),
  // No bias at the end: its gradient is 0 but for rounding, of which Adam makes whole steps.
  cox: spec([7], [{ type: 'dense', units: 6 }, tanh, { type: 'dense', units: 1, bias: false }], 'cox'),
};

/** The same network twice: as layers, and with all but the last as a graph. */
export const asGraph = {
  layers: classifier(
    [6, 5, 2],
    { ...images, kernelSize: [3, 3], padding: 'same' },
    { type: 'activation', function: 'relu' },
  ),
  graph: classifier([6, 5, 2], {
    type: 'graph',
    opset: 17,
    input: 'x',
    output: 'y',
    outputShape: [6, 5, 5],
    nodes: [
      { op: 'Transpose', inputs: ['x'], outputs: ['first'], attributes: { perm: [0, 3, 1, 2] } },
      { op: 'Transpose', inputs: ['kernel'], outputs: ['turned'], attributes: { perm: [3, 2, 0, 1] } },
      {
        op: 'Conv',
        inputs: ['first', 'turned', 'bias'],
        outputs: ['conv'],
        attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
      },
      { op: 'Relu', inputs: ['conv'], outputs: ['relu'] },
      { op: 'Transpose', inputs: ['relu'], outputs: ['y'], attributes: { perm: [0, 2, 3, 1] } },
    ],
    tensors: [
      { name: 'kernel', shape: [3, 3, 2, 5] },
      { name: 'bias', shape: [5] },
    ],
  }),
};

/** One of each, with settings at which 50 steps move the weights. */
export const optimizers = [
  { name: 'sgd', learningRate: 0.1 },
  { name: 'momentum', learningRate: 0.03, momentum: 0.9 },
  { name: 'adam', learningRate: 0.01 },
] as const;
