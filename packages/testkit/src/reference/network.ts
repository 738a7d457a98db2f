import { layoutOf, placeLayers, type Layout, type ModelSpec, type PlacedLayer } from '@fedward/core';
import type { Backward, Dropout, Layer } from './layer.js';
import { activation, dense, dropoutLayer, flatten, groupNorm, scale } from './layers.js';
import { lossGradients } from './loss.js';
import { convolution, pooling, type Windows } from './windows.js';

/** A model in plain float64, one example at a time: slow, and easy to check by hand. */
export interface Network {
  readonly layout: Layout;
  /** Outputs (logits or values) for one example, without dropout. */
  outputs(weights: ArrayLike<number>, example: ArrayLike<number>): Float64Array;
  /**
   * One example forward.
   * @param dropout draws what is dropped; nothing is without it
   * @returns its outputs, and what adds its gradient, given that of the loss by the outputs, to `into`
   */
  run(
    weights: ArrayLike<number>,
    example: ArrayLike<number>,
    dropout?: Dropout,
  ): { readonly outputs: Float64Array; backward(outputGradient: Float64Array, into: Float64Array): void };
  /** The loss of one example by itself; its gradient is added to `into`. */
  gradient(
    weights: ArrayLike<number>,
    example: ArrayLike<number>,
    label: number,
    into: Float64Array,
    dropout?: Dropout,
  ): number;
}

/** All layers and losses of a model spec. */
export function createNetwork(spec: ModelSpec): Network {
  const layout = layoutOf(spec);
  const layers = createLayers(spec, layout);
  const run: Network['run'] = (weights, example, dropout) => {
    let values: Float64Array = Float64Array.from(example);
    const way: Backward[] = [];
    for (const layer of layers) {
      const { output, backward } = layer.forward(weights, values, dropout);
      values = output;
      way.push(backward);
    }
    return {
      outputs: values,
      backward: (gradient, into) => void way.reduceRight((own, backward) => backward(own, into), gradient),
    };
  };
  return {
    layout,
    run,
    outputs: (weights, example) => run(weights, example).outputs,
    gradient(weights, example, label, into, dropout) {
      const { outputs, backward } = run(weights, example, dropout);
      const { losses, gradients } = lossGradients(spec.loss, [outputs], [label]);
      backward(gradients[0]!, into);
      return losses[0]!;
    },
  };
}

function createLayers(spec: ModelSpec, layout: Layout): Layer[] {
  const offsets = new Map(layout.tensors.map(({ name, offset }) => [name, offset]));
  return placeLayers(spec).map((placed, position) => {
    const [first, second] = placed.tensors.map(({ name }) => offsets.get(name)!);
    return createLayer(placed, position, first!, second);
  });
}

/** @param first, second places of the layer's tensors, where it has them */
function createLayer(placed: PlacedLayer, position: number, first: number, second: number | undefined): Layer {
  const { layer, inputShape, outputShape } = placed;
  const channels = inputShape.at(-1)!;
  switch (layer.type) {
    case 'dense':
      return dense(channels, layer.units, first, second);
    case 'conv1d':
    case 'conv2d':
      return convolution(windowsOf(inputShape, outputShape, layer), channels, layer.filters, first, second);
    case 'max-pool1d':
    case 'max-pool2d':
      return pooling('max', windowsOf(inputShape, outputShape, layer), channels);
    case 'average-pool1d':
    case 'average-pool2d':
      return pooling('average', windowsOf(inputShape, outputShape, layer), channels);
    case 'graph':
      throw new Error('the reference has layers alone');
    case 'flatten':
      return flatten;
    case 'scale':
      return scale(layer.factor);
    case 'activation':
      return activation(layer.function);
    case 'dropout':
      return dropoutLayer(position, layer.rate);
    case 'group-norm':
      return groupNorm(channels, layer.groups, layer.epsilon, first, second!);
  }
}

interface WindowedSpec {
  readonly kernelSize: number | readonly number[];
  readonly stride: number | readonly number[];
  readonly padding?: 'valid' | 'same';
}

function windowsOf(
  inputShape: readonly number[],
  outputShape: readonly number[],
  { kernelSize, stride, padding = 'valid' }: WindowedSpec,
): Windows {
  const twice = (sizes: readonly number[]) => [sizes.at(-2) ?? 1, sizes.at(-1)!] as const;
  return {
    input: twice(inputShape.slice(0, -1)),
    output: twice(outputShape.slice(0, -1)),
    kernel: twice([kernelSize].flat()),
    stride: twice([stride].flat()),
    padding,
  };
}
