import * as tf from '@tensorflow/tfjs-core';
import { linearGradients } from './example-gradients.js';
import type { LayerRun } from './layer.js';

/** y = x W + b: [batch, in] -> [batch, out] */
export function runDense(input: tf.Tensor, [kernel, bias]: readonly tf.Tensor[]): LayerRun {
  const x = input as tf.Tensor2D;
  const w = kernel as tf.Tensor2D;
  const product = tf.matMul(x, w);
  const perPosition = (t: tf.Tensor) => tf.reshape(t, [t.shape[0]!, 1, t.shape[1]!]) as tf.Tensor3D;
  return {
    output: bias ? tf.add(product, bias) : product,
    // Transposed first: see `linearGradients`.
    inputGradient: (gradient) => tf.matMul(gradient as tf.Tensor2D, tf.transpose(w)),
    exampleGradients: (gradient) => linearGradients(perPosition(x), perPosition(gradient), bias !== undefined),
  };
}
