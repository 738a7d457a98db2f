import type * as tf from '@tensorflow/tfjs-core';
import type { ExampleGradients } from './example-gradients.js';

/**
 * A layer that has been run on a batch, with what its backward pass needs. Written by hand instead of taken
 * from autodiff: it is a third of the operations, gives the gradients of single examples, and needs no gradient
 * kernels, of which the WASM backend lacks some (tensorflow/tfjs#8474).
 */
export interface LayerRun {
  /** [batch, ...outputShape] */
  readonly output: tf.Tensor;
  /** Gradient of the loss by the layer's input, given the one by its output. */
  inputGradient(outputGradient: tf.Tensor): tf.Tensor;
  /** Gradients by the layer's tensors; absent for a layer that has none. */
  exampleGradients?(outputGradient: tf.Tensor): ExampleGradients;
}
