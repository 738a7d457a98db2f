import { FedwardError } from '@fedward/core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import { convolutionGradients, type Convolution } from '../model/convolution.js';
import { linearGradients, writtenOut, type ExampleGradients } from '../model/example-gradients.js';
import { flatLayers, type Layer } from './inspect.js';

/** The members of Dense, Conv1D and Conv2D that are protected in tfjs-layers. */
interface LinearDetails {
  readonly kernel: LayerVariable;
  readonly bias: LayerVariable | null;
  readonly activation: { apply(x: tf.Tensor): tf.Tensor } | null;
  readonly strides: readonly number[];
  readonly dilationRate: number | readonly number[];
  readonly padding: string;
  readonly dataFormat: string;
}

/** One use of a layer in a forward pass: what went in, and the gradient of the loss by what came out. */
interface Use {
  readonly input: tf.Tensor;
  gradient?: tf.Tensor;
}

export interface LinearLayers {
  /**
   * The gradients of all trainable weights by example.
   * @param loss sum of the examples' losses, by a forward pass through the model
   */
  gradients<T>(loss: () => tf.Scalar, read: (gradients: ExampleGradients) => T): T;
}

/**
 * Takes over the layers that are linear in their weights, if these are all the trainable weights there are.
 * Their gradients by example need no loop over examples and no autodiff by weights: the input of the layer and
 * the gradient by its output tell them all, as they do for a model spec.
 *
 * @returns undefined where trainable weights are in other layers too
 */
export function takeOverLinearLayers(model: LayersModel): LinearLayers | undefined {
  const layers = [...new Set(flatLayers(model))].filter((layer) => layer.trainableWeights.length > 0);
  if (!layers.every(isLinear)) return undefined;
  const uses = new Map<Layer, Use[]>();
  let probe: tf.Scalar;
  for (const layer of layers)
    layer.call = (inputs) =>
      tf.tidy(() => {
        const use: Use = { input: tf.keep(tf.clone([inputs].flat()[0]!)) };
        uses.set(layer, [...(uses.get(layer) ?? []), use]);
        const output = recordGradient(applyWeights(layer, use.input), probe, use);
        return details(layer).activation?.apply(output) ?? output;
      });
  return {
    gradients: (loss, read) => {
      uses.clear();
      try {
        tf.grad((p) => {
          probe = p as tf.Scalar;
          return loss();
        })(tf.scalar(0));
        return read(joinInOrder(layers, uses));
      } finally {
        for (const use of [...uses.values()].flat()) tf.dispose([use.input, ...(use.gradient ? [use.gradient] : [])]);
      }
    },
  };
}

function joinInOrder(layers: readonly Layer[], uses: Map<Layer, Use[]>): ExampleGradients {
  return layers.flatMap((layer) => {
    const own = (uses.get(layer) ?? []).filter((use) => use.gradient);
    if (own.length === 0)
      throw new FedwardError('CONFIG_INCOMPATIBLE', `the loss does not depend on the layer ${layer.name}`, layer.name);
    const gradients = own.map((use) => gradientsOf(layer, use));
    if (gradients.length === 1) return gradients[0]!;
    // Used in several places, a layer has the sum of their gradients, whose norm the places do not tell.
    const [first, ...others] = gradients.map((part) => part.map((tensor) => tensor.each()));
    return writtenOut(others.reduce((sum, each) => sum.map((g, i) => tf.add(g, each[i]!)), first!));
  });
}

function details(layer: Layer): LinearDetails {
  return layer as unknown as LinearDetails;
}

function isLinear(layer: Layer): boolean {
  const type = layer.getClassName();
  if (type === 'Dense') return true;
  const { dilationRate, padding, dataFormat } = details(layer);
  return (
    (type === 'Conv1D' || type === 'Conv2D') &&
    [dilationRate].flat().every((rate) => rate === 1) &&
    (padding === 'same' || padding === 'valid') &&
    dataFormat === 'channelsLast'
  );
}

/** What the layer computes before its activation. */
function applyWeights(layer: Layer, input: tf.Tensor): tf.Tensor {
  const kernel = details(layer).kernel.read();
  const bias = details(layer).bias?.read();
  const units = kernel.shape.at(-1)!;
  let product: tf.Tensor;
  if (layer.getClassName() === 'Dense') {
    const rows = tf.reshape(input, [-1, kernel.shape[0]!]) as tf.Tensor2D;
    product = tf.reshape(tf.matMul(rows, kernel as tf.Tensor2D), [...input.shape.slice(0, -1), units]);
  } else {
    const { stride, padding, kernel: size } = convolutionOf(layer);
    const w = tf.reshape<tf.Rank.R4>(kernel, [...size, kernel.shape.at(-2)!, units]);
    const images = tf.conv2d(asImages(input), w, [...stride], padding);
    const [batch, height, width] = images.shape;
    product = input.rank === 4 ? images : tf.reshape(images, [batch, height * width, units]);
  }
  return bias ? tf.add(product, bias) : product;
}

function gradientsOf(layer: Layer, { input, gradient }: Use): ExampleGradients {
  const bias = details(layer).bias !== null && details(layer).bias !== undefined;
  const positions = (t: tf.Tensor) => tf.reshape(t, [t.shape[0]!, -1, t.shape.at(-1)!]) as tf.Tensor3D;
  return layer.getClassName() === 'Dense'
    ? linearGradients(positions(input), positions(gradient!), bias)
    : convolutionGradients(asImages(input), gradient!, bias, convolutionOf(layer));
}

function convolutionOf(layer: Layer): Convolution {
  const { kernel, strides, padding } = details(layer);
  const asPair = (values: readonly number[]) => [values.length > 1 ? values[0]! : 1, values.at(-1)!] as const;
  return {
    kernel: asPair(kernel.shape.slice(0, -2).map(Number)),
    stride: asPair(strides),
    padding: padding as 'same' | 'valid',
  };
}

function asImages(t: tf.Tensor): tf.Tensor4D {
  return (t.rank === 4 ? t : tf.expandDims(t, 1)) as tf.Tensor4D;
}

/** `output` itself; when the gradient comes back to it, `use` is told. The probe makes sure that it comes back. */
function recordGradient(output: tf.Tensor, probe: tf.Scalar, use: Use): tf.Tensor {
  return tf.customGrad((z) => ({
    value: tf.clone(z as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => {
      use.gradient = tf.keep(tf.clone(dy));
      return [dy, tf.scalar(0)];
    },
  }))(output, probe);
}
