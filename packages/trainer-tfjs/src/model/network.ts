import { layoutOf, placeLayers, type Layout, type ModelSpec, type PlacedLayer, type TensorLayout } from '@fedward/core';
import { graphRefused, type DropoutMasks } from '@fedward/core/training';
import * as tf from '@tensorflow/tfjs-core';
import { runConvolution } from './convolution.js';
import { runDense } from './dense.js';
import { runActivation, runDropout, runFlatten, runScale } from './elementwise.js';
import { noGradients, type ExampleGradients } from './example-gradients.js';
import { runGroupNorm } from './group-norm.js';
import type { LayerRun } from './layer.js';
import { runPooling } from './pooling.js';

export interface ForwardPass {
  /** [batch, outputs]: logits or values. */
  readonly outputs: tf.Tensor2D;
  /** @param gradient [batch, outputs]: of the sum of the examples' losses by the outputs */
  backward(gradient: tf.Tensor2D): ExampleGradients;
}

/** A model spec that can be run. Holds no weights: they come with each call. */
export interface Network {
  readonly layout: Layout;
  /** Call it inside of `tf.tidy`. @param values in `layout` @param features [batch, ...inputShape] */
  forward(values: Float32Array, features: tf.Tensor, masks?: DropoutMasks): ForwardPass;
}

/** A layer as it was run, and the names and places of its tensors. */
interface PlacedRun {
  readonly run: LayerRun;
  readonly tensors: readonly TensorLayout[];
}

/**
 * @param frozen names of tensors whose gradient counts as 0
 * @throws {FedwardError} CONFIG_INVALID for a spec whose layers don't fit each other
 */
export function createNetwork(spec: ModelSpec, frozen: ReadonlySet<string> = new Set()): Network {
  const placed = placeLayers(spec);
  const layout = layoutOf(spec);
  return {
    layout,
    forward: (values, features, masks) => {
      const runs: PlacedRun[] = [];
      let output = features;
      let next = 0;
      placed.forEach((place, position) => {
        const own = layout.tensors.slice(next, (next += place.tensors.length));
        const tensors = own.map(({ offset, size, shape }) =>
          tf.tensor(values.subarray(offset, offset + size), [...shape]),
        );
        const run = runLayer(place, position, output, tensors, masks);
        runs.push({ run, tensors: own });
        output = run.output;
      });
      return { outputs: output as tf.Tensor2D, backward: (gradient) => backward(runs, gradient, frozen) };
    },
  };
}

/** From the last layer to the first that is trained; what lies before it needs no gradient. */
function backward(runs: readonly PlacedRun[], gradient: tf.Tensor, frozen: ReadonlySet<string>): ExampleGradients {
  const batch = gradient.shape[0]!;
  const isTrained = ({ tensors }: PlacedRun) => tensors.some(({ name }) => !frozen.has(name));
  const first = runs.findIndex(isTrained);
  const parts = runs.map(({ tensors }) => tensors.map(({ size }) => noGradients(batch, size)));
  for (let i = runs.length - 1; first >= 0 && i >= first; i--) {
    const { run, tensors } = runs[i]!;
    if (isTrained(runs[i]!)) {
      const own = run.exampleGradients!(gradient);
      tensors.forEach(({ name }, k) => {
        if (!frozen.has(name)) parts[i]![k] = own[k]!;
      });
    }
    if (i > first) gradient = run.inputGradient(gradient);
  }
  return parts.flat();
}

function runLayer(
  { layer }: PlacedLayer,
  position: number,
  input: tf.Tensor,
  tensors: readonly tf.Tensor[],
  masks: DropoutMasks | undefined,
): LayerRun {
  switch (layer.type) {
    case 'dense':
      return runDense(input, tensors);
    case 'conv1d': {
      const convolution = { ...layer, kernel: [1, layer.kernelSize], stride: [1, layer.stride] } as const;
      return onSignals(input, (images) => runConvolution(images, tensors, convolution));
    }
    case 'conv2d':
      return runConvolution(input as tf.Tensor4D, tensors, { ...layer, kernel: layer.kernelSize });
    case 'max-pool1d':
    case 'average-pool1d': {
      const pooling = { kind: kindOf(layer.type), kernel: [1, layer.kernelSize], stride: [1, layer.stride] } as const;
      return onSignals(input, (images) => runPooling(images, pooling));
    }
    case 'max-pool2d':
    case 'average-pool2d': {
      const pooling = { kind: kindOf(layer.type), kernel: layer.kernelSize, stride: layer.stride };
      return runPooling(input as tf.Tensor4D, pooling);
    }
    case 'graph':
      throw graphRefused('tfjs');
    case 'flatten':
      return runFlatten(input);
    case 'scale':
      return runScale(input, layer.factor);
    case 'activation':
      return runActivation(input, layer.function);
    case 'dropout':
      return runDropout(input, layer.rate, position, masks);
    case 'group-norm':
      return runGroupNorm(input, tensors, layer.groups, layer.epsilon);
  }
}

function kindOf(type: `${'max' | 'average'}-pool${string}`): 'max' | 'average' {
  return type.startsWith('max') ? 'max' : 'average';
}

/** Runs a layer for images on signals [batch, width, channels], as images of height 1. */
function onSignals(input: tf.Tensor, runOnImages: (images: tf.Tensor4D) => LayerRun): LayerRun {
  const image = (t: tf.Tensor) => tf.reshape(t, [t.shape[0]!, 1, t.shape[1]!, t.shape[2]!]) as tf.Tensor4D;
  const signal = (t: tf.Tensor) => tf.reshape(t, [t.shape[0]!, t.shape[2]!, t.shape[3]!]);
  const run = runOnImages(image(input));
  return {
    output: signal(run.output),
    inputGradient: (gradient) => signal(run.inputGradient(image(gradient))),
    ...(run.exampleGradients && { exampleGradients: (gradient) => run.exampleGradients!(image(gradient)) }),
  };
}
