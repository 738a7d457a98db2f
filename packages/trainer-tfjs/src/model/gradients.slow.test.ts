import {
  modelSpecSchema,
  outputSize,
  placeLayers,
  type LayerSpec,
  type ModelSpec,
  type ModelSpecInput,
} from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clippedSum, perExampleGradients } from '../per-example.js';
import { backends, randomData, randomParameters, relativeError } from '../test-support.js';
import { tfjsTrainer } from '../trainer.js';

type Shape = readonly number[];

/** Example loss in float64, written from the definitions with plain loops, without anything of the trainer. */
function lossOfExample(spec: ModelSpec, weights: Float64Array, x: ArrayLike<number>, label: number): number {
  const z = outputsOfExample(spec, weights, x);
  switch (spec.loss) {
    case 'softmax-cross-entropy':
      return Math.log(z.reduce((sum, v) => sum + Math.exp(v), 0)) - z[label]!;
    case 'sigmoid-cross-entropy':
      return Math.log(1 + Math.exp(label === 1 ? -z[0]! : z[0]!));
    case 'squared-error':
      return (z[0]! - label) ** 2 / 2;
    case 'cox':
      throw new Error('no loss of one example');
  }
}

function outputsOfExample(spec: ModelSpec, weights: Float64Array, x: ArrayLike<number>): number[] {
  let values = Array.from(x);
  let offset = 0;
  for (const { layer, inputShape, outputShape, tensors } of placeLayers(spec)) {
    const own = tensors.map(({ shape }) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return weights.subarray(offset, (offset += size));
    });
    values = runLayer(layer, values, inputShape, outputShape, own);
  }
  return values;
}

function runLayer(layer: LayerSpec, x: number[], from: Shape, to: Shape, [w, b]: Float64Array[]): number[] {
  switch (layer.type) {
    case 'dense':
      return Array.from({ length: to[0]! }, (_, o) =>
        x.reduce((sum, v, i) => sum + v * w![i * to[0]! + o]!, b?.[o] ?? 0),
      );
    case 'conv1d':
      return slide([1, ...from], [1, ...to], [1, layer.kernelSize], [1, layer.stride], layer.padding, (pixels, o) =>
        pixels.reduce((sum, at, k) => (at < 0 ? sum : sum + dot(x, at, from[1]!, w!, k, to[1]!, o)), b?.[o] ?? 0),
      );
    case 'conv2d':
      return slide(from, to, layer.kernelSize, layer.stride, layer.padding, (pixels, o) =>
        pixels.reduce((sum, at, k) => (at < 0 ? sum : sum + dot(x, at, from[2]!, w!, k, to[2]!, o)), b?.[o] ?? 0),
      );
    case 'max-pool1d':
      return slide([1, ...from], [1, ...to], [1, layer.kernelSize], [1, layer.stride], 'valid', (pixels, c) =>
        Math.max(...pixels.map((at) => x[at * from[1]! + c]!)),
      );
    case 'max-pool2d':
      return slide(from, to, layer.kernelSize, layer.stride, 'valid', (pixels, c) =>
        Math.max(...pixels.map((at) => x[at * from[2]! + c]!)),
      );
    case 'average-pool1d':
      return slide([1, ...from], [1, ...to], [1, layer.kernelSize], [1, layer.stride], 'valid', (pixels, c) =>
        mean(pixels.map((at) => x[at * from[1]! + c]!)),
      );
    case 'average-pool2d':
      return slide(from, to, layer.kernelSize, layer.stride, 'valid', (pixels, c) =>
        mean(pixels.map((at) => x[at * from[2]! + c]!)),
      );
    case 'graph':
      throw new Error('the reference has layers alone');
    case 'flatten':
    case 'dropout':
      return x;
    case 'activation':
      return x.map(
        {
          relu: (v: number) => Math.max(v, 0),
          tanh: Math.tanh,
          sigmoid: (v: number) => 1 / (1 + Math.exp(-v)),
          elu: (v: number) => (v > 0 ? v : Math.exp(v) - 1),
        }[layer.function],
      );
    case 'scale':
      return x.map((v) => v * layer.factor);
    case 'group-norm': {
      const channels = from.at(-1)!;
      const groupOf = (i: number) => Math.floor((i % channels) / (channels / layer.groups));
      return x.map((v, i) => {
        const group = x.filter((_, k) => groupOf(k) === groupOf(i));
        const center = mean(group);
        const variance = mean(group.map((u) => (u - center) ** 2));
        return ((v - center) / Math.sqrt(variance + layer.epsilon)) * w![i % channels]! + b![i % channels]!;
      });
    }
  }
}

const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

const dot = (x: number[], pixel: number, channels: number, w: Float64Array, k: number, outs: number, o: number) =>
  Array.from({ length: channels }, (_, c) => x[pixel * channels + c]! * w[(k * channels + c) * outs + o]!).reduce(
    (sum, v) => sum + v,
    0,
  );

/** `value` of each window and output channel; a window is its pixels' numbers, -1 outside of the image. */
function slide(
  from: Shape,
  to: Shape,
  kernel: Shape,
  stride: Shape,
  padding: 'valid' | 'same',
  value: (pixels: number[], channel: number) => number,
): number[] {
  const before = [0, 1].map((axis) =>
    padding === 'valid'
      ? 0
      : Math.floor(Math.max((to[axis]! - 1) * stride[axis]! + kernel[axis]! - from[axis]!, 0) / 2),
  );
  const result: number[] = [];
  for (let i = 0; i < to[0]!; i++)
    for (let j = 0; j < to[1]!; j++) {
      const pixels: number[] = [];
      for (let k = 0; k < kernel[0]!; k++)
        for (let l = 0; l < kernel[1]!; l++) {
          const row = i * stride[0]! - before[0]! + k;
          const column = j * stride[1]! - before[1]! + l;
          pixels.push(row < 0 || row >= from[0]! || column < 0 || column >= from[1]! ? -1 : row * from[1]! + column);
        }
      for (let c = 0; c < to[2]!; c++) result.push(value(pixels, c));
    }
  return result;
}

/** Central differences of the float64 loss, for one example. */
function differences(spec: ModelSpec, values: Float32Array, x: Float32Array, label: number): number[] {
  const weights = Float64Array.from(values);
  const h = 1e-7; // small enough that hardly ever a relu or a maximum changes in between
  return Array.from(weights, (w, i) => {
    weights[i] = w + h;
    const above = lossOfExample(spec, weights, x, label);
    weights[i] = w - h;
    const below = lossOfExample(spec, weights, x, label);
    weights[i] = w;
    return (above - below) / (2 * h);
  });
}

const small = (maximum: number) => fc.integer({ min: 1, max: maximum });
const pair = (maximum: number) => fc.tuple(small(maximum), small(maximum));
const padding = fc.constantFrom('valid' as const, 'same' as const);
const activation = fc.record({
  type: fc.constant('activation' as const),
  function: fc.constantFrom('relu' as const, 'tanh' as const, 'sigmoid' as const, 'elu' as const),
});
const dropout = fc.constant({ type: 'dropout' as const, rate: 0.5 }); // does nothing outside training
const pool1d = fc.record({
  type: fc.constantFrom('max-pool1d' as const, 'average-pool1d' as const),
  kernelSize: small(3),
  stride: small(3),
});
const pool2d = fc.record({
  type: fc.constantFrom('max-pool2d' as const, 'average-pool2d' as const),
  kernelSize: pair(3),
  stride: pair(3),
});
const conv1d = fc.record({
  type: fc.constant('conv1d' as const),
  filters: fc.constantFrom(2, 4),
  kernelSize: small(4),
  stride: small(3),
  padding,
  bias: fc.boolean(),
});
const conv2d = fc.record({
  type: fc.constant('conv2d' as const),
  filters: fc.constantFrom(2, 4),
  kernelSize: pair(3),
  stride: pair(3),
  padding,
  bias: fc.boolean(),
});
// The default epsilon amplifies float32's rounding where a group has two values close to each other.
const groupNorm = fc.record({ type: fc.constant('group-norm' as const), groups: small(2), epsilon: fc.constant(0.1) });
const dense = fc.record({ type: fc.constant('dense' as const), units: fc.constantFrom(2, 4), bias: fc.boolean() });

const head = fc.constantFrom(
  { units: 3, loss: 'softmax-cross-entropy' as const },
  { units: 1, loss: 'sigmoid-cross-entropy' as const },
  { units: 1, loss: 'squared-error' as const },
);
const bodies = fc.oneof(
  fc.record({
    inputShape: fc.tuple(small(5)),
    layers: fc.tuple(dense, fc.array(fc.oneof(activation, dense, groupNorm, dropout), { maxLength: 4 })),
  }),
  fc.record({
    inputShape: fc.tuple(fc.integer({ min: 3, max: 9 }), small(3)),
    layers: fc.tuple(conv1d, fc.array(fc.oneof(activation, conv1d, pool1d, groupNorm, dropout), { maxLength: 4 })),
  }),
  fc.record({
    inputShape: fc.tuple(fc.integer({ min: 3, max: 6 }), fc.integer({ min: 3, max: 6 }), small(2)),
    layers: fc.tuple(conv2d, fc.array(fc.oneof(activation, conv2d, pool2d, groupNorm, dropout), { maxLength: 4 })),
  }),
);
/** Any spec that core accepts. */
const specs = fc
  .tuple(bodies, head)
  .map(([{ inputShape, layers }, { units, loss }]): ModelSpecInput => ({
    inputShape: [...inputShape],
    layers: [layers[0], ...layers[1], { type: 'flatten' }, { type: 'dense', units }],
    loss,
  }))
  .filter((spec) => {
    try {
      return placeLayers(modelSpecSchema.parse(spec)).length > 0;
    } catch {
      return false; // a window larger than its input
    }
  });

describe.each(backends)('gradients of any model spec on %s', (backend) => {
  it('are the central differences of its loss, example by example', async () => {
    await fc.assert(
      fc.asyncProperty(specs, fc.integer({ min: 1, max: 4 }), fc.nat(), async (input, count, seed) => {
        const spec = modelSpecSchema.parse(input);
        const parameters = randomParameters(spec, seed);
        const data = randomData(spec, count, seed + 1);
        const size = data.features.length / count;
        const rows = Array.from({ length: count }, (_, i) => data.features.subarray(i * size, (i + 1) * size));
        const { gradients, norms, losses } = await perExampleGradients(spec, parameters, data, { backend });
        const expected = rows.map((row, i) => differences(spec, parameters.values, row, data.labels[i]!));
        expect(relativeError(gradients, expected.flat())).toBeLessThan(1e-4);
        expect(
          relativeError(
            norms,
            expected.map((g) => Math.hypot(...g)),
          ),
        ).toBeLessThan(1e-4);
        const weights = Float64Array.from(parameters.values);
        const exact = rows.map((row, i) => lossOfExample(spec, weights, row, data.labels[i]!));
        expect(relativeError(losses, exact)).toBeLessThan(1e-4);
        const outputs = await tfjsTrainer({ backend }).predict(spec, parameters, data);
        expect(outputs).toHaveLength(count * outputSize(spec));
        expect(
          relativeError(
            outputs,
            rows.flatMap((row) => outputsOfExample(spec, weights, row)),
          ),
        ).toBeLessThan(1e-4);
      }),
      { numRuns: 60 },
    );
  });

  it('add up to the clipped sum, and to the plain sum where nothing is clipped', async () => {
    await fc.assert(
      fc.asyncProperty(specs, fc.integer({ min: 1, max: 5 }), fc.nat(), async (input, count, seed) => {
        const spec = modelSpecSchema.parse(input);
        const parameters = randomParameters(spec, seed);
        const data = randomData(spec, count, seed + 1);
        const { gradients, norms } = await perExampleGradients(spec, parameters, data, { backend });
        const size = gradients.length / count;
        const sumOf = (factor: (norm: number) => number) =>
          Array.from({ length: size }, (_, k) =>
            norms.reduce((sum, norm, i) => sum + gradients[i * size + k]! * factor(norm), 0),
          );
        const median = [...norms].sort((a, b) => a - b)[Math.floor(count / 2)]!;
        const clipped = await clippedSum(spec, parameters, data, median + 1e-6, { backend });
        expect(
          relativeError(
            clipped.sum,
            sumOf((norm) => Math.min(1, (median + 1e-6) / norm)),
          ),
        ).toBeLessThan(1e-4);
        const loose = await clippedSum(spec, parameters, data, 1e6, { backend });
        expect(
          relativeError(
            loose.sum,
            sumOf(() => 1),
          ),
        ).toBeLessThan(1e-4);
        expect([...loose.factors]).toEqual(new Array(count).fill(1));
      }),
      { numRuns: 40 },
    );
  });
});
