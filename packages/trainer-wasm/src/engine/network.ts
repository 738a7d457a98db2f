import { layoutOf, placeLayers, type LossName, type ModelSpec, type PlacedLayer } from '@fedward/core';
import { graphRefused } from '@fedward/core/training';
import type { EngineExports } from './exports.js';

const losses: Record<LossName, number> = {
  'softmax-cross-entropy': 0,
  'sigmoid-cross-entropy': 1,
  'squared-error': 2,
  cox: 3,
};
const activations = { relu: 0, tanh: 1, sigmoid: 2, elu: 3 } as const;
/** Lanes 0 and 1 of the generator are sampling and noise. */
const firstDropoutLane = 2;

/** Tells the program what layers there are. Flattening changes no value, so that it is none. */
export function addLayers(engine: EngineExports, model: ModelSpec): void {
  const layout = layoutOf(model);
  engine.begin(layout.size, sizeOf(model.inputShape), losses[model.loss]);
  const offsets = new Map(layout.tensors.map(({ name, offset }) => [name, offset]));
  placeLayers(model).forEach((placed, position) => {
    const [first = -1, second = -1] = placed.tensors.map(({ name }) => offsets.get(name)!);
    addLayer(engine, placed, position, first, second);
  });
}

function addLayer(
  engine: EngineExports,
  { layer, inputShape, outputShape }: PlacedLayer,
  position: number,
  first: number,
  second: number,
): void {
  const size = sizeOf(outputShape);
  switch (layer.type) {
    case 'dense':
      return engine.addDense(inputShape[0]!, layer.units, first, second);
    case 'conv1d':
    case 'conv2d':
      return engine.addConvolution(...windowsOf(layer, inputShape, outputShape), layer.filters, first, second);
    case 'max-pool1d':
    case 'max-pool2d':
      return engine.addPooling(1, ...withoutPadding(windowsOf(layer, inputShape, outputShape)));
    case 'average-pool1d':
    case 'average-pool2d':
      return engine.addPooling(0, ...withoutPadding(windowsOf(layer, inputShape, outputShape)));
    case 'graph':
      throw graphRefused('wasm');
    case 'scale':
      return engine.addScale(size, layer.factor);
    case 'activation':
      return engine.addActivation(size, activations[layer.function]);
    case 'dropout':
      if (layer.rate > 0) engine.addDropout(size, layer.rate, firstDropoutLane + position);
      return;
    case 'group-norm':
      return engine.addGroupNorm(
        size / inputShape.at(-1)!,
        inputShape.at(-1)!,
        layer.groups,
        layer.epsilon,
        first,
        second,
      );
    case 'flatten':
      return;
  }
}

interface Sliding {
  readonly kernelSize: number | readonly number[];
  readonly stride: number | readonly number[];
  readonly padding?: 'valid' | 'same';
}

/**
 * height, width, channels, kernel, stride, padding before, output; a signal is an image of height 1. `same` pads
 * with the smaller half first, as TensorFlow does.
 */
function windowsOf({ kernelSize, stride, padding }: Sliding, input: readonly number[], output: readonly number[]) {
  const asImage = (shape: readonly number[], missing: number): number[] =>
    shape.length === 1 ? [missing, shape[0]!] : [...shape];
  const [height, width] = asImage(input.slice(0, -1), 1);
  const [outputHeight, outputWidth] = asImage(output.slice(0, -1), 1);
  const [kernelHeight, kernelWidth] = asImage([kernelSize].flat(), 1);
  const [strideY, strideX] = asImage([stride].flat(), 1);
  const before = (n: number, positions: number, k: number, s: number): number =>
    padding === 'same' ? Math.floor(Math.max((positions - 1) * s + k - n, 0) / 2) : 0;
  return [
    ...[height!, width!, input.at(-1)!, kernelHeight!, kernelWidth!, strideY!, strideX!],
    before(height!, outputHeight!, kernelHeight!, strideY!),
    before(width!, outputWidth!, kernelWidth!, strideX!),
    ...[outputHeight!, outputWidth!],
  ];
}

function withoutPadding(windows: readonly number[]): number[] {
  return [...windows.slice(0, 7), ...windows.slice(9)];
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}
