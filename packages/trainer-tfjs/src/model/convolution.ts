import * as tf from '@tensorflow/tfjs-core';
import { linearGradients, type ExampleGradients } from './example-gradients.js';
import type { LayerRun } from './layer.js';
import { placeWindows, unrollWindows } from './windows.js';

export interface Convolution {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: 'valid' | 'same';
}

/**
 * Cross-correlation (kernels are not flipped): [batch, height, width, in] -> [batch, rows, columns, out].
 * @param tensors kernel, with the values of [height, width, in, out], and bias [out]
 */
export function runConvolution(
  input: tf.Tensor4D,
  [kernel, bias]: readonly tf.Tensor[],
  convolution: Convolution,
): LayerRun {
  const { stride, padding } = convolution;
  const w = tf.reshape(kernel!, [...convolution.kernel, input.shape[3], kernel!.shape.at(-1)!]) as tf.Tensor4D;
  const product = tf.conv2d(input, w, [...stride], padding);
  return {
    output: bias ? tf.add(product, bias) : product,
    inputGradient: (gradient) => inputGradient(input, w, gradient as tf.Tensor4D, convolution),
    exampleGradients: (gradient) => convolutionGradients(input, gradient, bias !== undefined, convolution),
  };
}

/**
 * With stride 1 this is a convolution itself, of the padded gradient with the flipped kernel, for which the WASM
 * backend has its fast code (eight times faster than its kernel for this gradient).
 */
function inputGradient(
  input: tf.Tensor4D,
  w: tf.Tensor4D,
  gradient: tf.Tensor4D,
  { kernel, stride, padding }: Convolution,
): tf.Tensor4D {
  const [, height, width, channels] = input.shape;
  if (stride[0] > 1 || stride[1] > 1) return tf.conv2dTranspose(gradient, w, input.shape, [...stride], padding);
  const { before, output } = placeWindows([height, width, channels], kernel, stride, padding);
  const pad = ([0, 1] as const).map((axis): [number, number] => {
    const first = kernel[axis] - 1 - before[axis];
    return [first, input.shape[axis + 1]! + kernel[axis] - 1 - output[axis] - first];
  });
  const flipped = tf.transpose(tf.reverse(w, [0, 1]), [0, 1, 3, 2]);
  return tf.conv2d(gradient, flipped, 1, [[0, 0], pad[0]!, pad[1]!, [0, 0]]);
}

/** A convolution is a dense layer at every position of its window, so its gradients are that layer's. */
export function convolutionGradients(
  input: tf.Tensor4D,
  outputGradient: tf.Tensor,
  bias: boolean,
  { kernel, stride, padding }: Convolution,
): ExampleGradients {
  const [batch, height, width, channels] = input.shape;
  const windows = placeWindows([height, width, channels], kernel, stride, padding);
  const positions = windows.output[0] * windows.output[1];
  const unrolled = unrollWindows(windows, input.dataSync() as Float32Array, batch);
  return linearGradients(
    tf.tensor3d(unrolled, [batch, positions, kernel[0] * kernel[1] * channels]),
    tf.reshape(outputGradient, [batch, positions, -1]) as tf.Tensor3D,
    bias,
  );
}
