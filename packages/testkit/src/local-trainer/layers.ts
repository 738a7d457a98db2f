import { Random, type ModelSpec, type ModelSpecInput, type TrainingData } from '@fedward/core';
import { createNetwork } from '../reference/network.js';
import { assertAllClose } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import { float32Steps } from './gradients.js';
import {
  everyone,
  fullBatch,
  gradientSum,
  movement,
  planFor,
  poisson,
  spec,
  startOf,
  train,
  type Create,
} from './problems.js';

type LayerInput = ModelSpecInput['layers'][number];

/** Examples of this shape, of two classes; no two values are equal, so that a largest one is largest alone. */
function normals(inputShape: readonly number[], count = 7): TrainingData {
  const random = new Random(`layers ${inputShape.join()}`);
  const size = inputShape.reduce((product, n) => product * n, 1);
  return {
    count,
    featureShape: inputShape,
    features: Float32Array.from({ length: count * size }, () => random.normal()),
    labels: Float32Array.from({ length: count }, (_, row) => row % 2),
  };
}

/** The layers, then two classes. */
const classifier = (inputShape: number[], ...layers: LayerInput[]): ModelSpec =>
  spec({
    inputShape,
    layers: [...layers, { type: 'flatten' }, { type: 'dense', units: 2 }],
    loss: 'softmax-cross-entropy',
  });

/** Every layer that a model spec can have, in float64: outputs, gradient, and gradients clipped example by example. */
export function layerChecks(create: Create): Checks {
  const agrees = async (model: ModelSpec): Promise<void> => {
    const [data, start] = [normals(model.inputShape), startOf(model)];
    const size = data.features.length / data.count;
    const network = createNetwork(model);
    const outputs = Array.from({ length: data.count }, (_, row) => [
      ...network.outputs(start.values, data.features.subarray(row * size, (row + 1) * size)),
    ]);
    assertAllClose(await create().predict(model, start, data), outputs.flat(), 'the outputs', float32Steps);

    const step = movement(await train(create(), planFor(model, fullBatch(data.count)), start, data), start);
    const { sum } = gradientSum(model, start.values, data);
    const mean = sum.map((g) => -g / data.count);
    assertAllClose(step, mean, 'a step on the whole of the data', float32Steps);

    const clipNorm = Math.hypot(...sum) / data.count; // some examples are above it
    const gradientPrivacy = { clip: 'per-example', clipNorm, noiseMultiplier: 0 } as const;
    const plan = planFor(model, poisson(0.5, data.count));
    const moved = movement(await train(create(), plan, start, data, { noise: everyone, gradientPrivacy }), start);
    const clipped = gradientSum(model, start.values, data, clipNorm).sum.map((g) => -g / data.count);
    assertAllClose(moved, clipped, 'a step of clipped gradients', float32Steps);
  };
  const all = async (...models: readonly ModelSpec[]): Promise<void> => {
    for (const model of models) await agrees(model);
  };
  const tanh = { type: 'activation', function: 'tanh' } as const;
  const signals = { type: 'conv1d', filters: 3, kernelSize: 3 } as const;
  const signalsOfOne = { ...signals, kernelSize: 1 } as const;
  const images = { type: 'conv2d', filters: 3, kernelSize: [3, 2] } as const;

  return {
    'conv1d: valid and same, with strides, with and without a bias': () =>
      all(
        classifier([9, 2], signals, tanh, { ...signals, stride: 2, bias: false }),
        classifier([8, 2], { ...signals, padding: 'same' }, tanh, { ...signals, padding: 'same', stride: 3 }),
        classifier([6, 1], { ...signals, kernelSize: 1, stride: 2, padding: 'same' }),
      ),

    'conv2d: valid and same, with strides, with and without a bias': () =>
      all(
        classifier([7, 6, 2], images, tanh, { ...images, stride: [2, 1], bias: false }),
        classifier([6, 5, 1], { ...images, padding: 'same' }, tanh, { ...images, padding: 'same', stride: [2, 3] }),
        classifier([4, 6, 1], { ...images, kernelSize: [1, 1], stride: [1, 2], padding: 'same' }),
      ),

    'max pooling sends the gradient to the largest value': () =>
      all(
        classifier([9, 2], signals, { type: 'max-pool1d', kernelSize: 2, stride: 2 }),
        classifier([7, 6, 1], images, { type: 'max-pool2d', kernelSize: [2, 3], stride: [2, 1] }),
      ),

    'average pooling shares the gradient out': () =>
      all(
        classifier([9, 2], signals, { type: 'average-pool1d', kernelSize: 3, stride: 2 }),
        classifier([7, 6, 1], images, { type: 'average-pool2d', kernelSize: [2, 2], stride: [1, 2] }),
      ),

    'group norm normalises each example in groups of channels': () =>
      all(
        classifier([6, 2], { ...signals, filters: 4 }, { type: 'group-norm', groups: 2 }, tanh),
        classifier([4, 4, 3], { type: 'group-norm', groups: 1, epsilon: 0.1 }, tanh),
        classifier([5, 3], { type: 'group-norm', groups: 3 }),
      ),

    'scale multiplies by a constant, also behind layers that are trained': () =>
      all(
        classifier([5], { type: 'scale', factor: 0.3 }),
        classifier([3, 2], signalsOfOne, { type: 'scale', factor: -2.5 }, tanh),
      ),

    'flatten keeps the order of values': () => all(classifier([3, 2, 2]), classifier([4])),
  };
}
