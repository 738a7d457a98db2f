import type { LayerSpec } from '@fedward/core';
import type { DropoutMasks } from '@fedward/core/training';
import * as tf from '@tensorflow/tfjs-core';
import type { LayerRun } from './layer.js';

type Activation = Extract<LayerSpec, { type: 'activation' }>['function'];

/** Each function with its derivative, written in terms of its value y; at 0, relu has the derivative 0. */
const activations: Record<Activation, { value(x: tf.Tensor): tf.Tensor; derivative(y: tf.Tensor): tf.Tensor }> = {
  relu: { value: tf.relu, derivative: (y) => tf.step(y) },
  tanh: { value: tf.tanh, derivative: (y) => tf.sub(1, tf.square(y)) },
  sigmoid: { value: tf.sigmoid, derivative: (y) => tf.mul(y, tf.sub(1, y)) },
  elu: { value: tf.elu, derivative: (y) => tf.add(tf.minimum(y, 0), 1) }, // exp(x) = y + 1 for x <= 0
};

export function runActivation(input: tf.Tensor, name: Activation): LayerRun {
  const { value, derivative } = activations[name];
  const output = value(input);
  return { output, inputGradient: (gradient) => tf.mul(gradient, derivative(output)) };
}

/** Inverted dropout (Srivastava et al. 2014): kept values are divided by 1 - rate. Nothing happens without masks. */
export function runDropout(input: tf.Tensor, rate: number, layer: number, masks: DropoutMasks | undefined): LayerRun {
  if (!masks || rate === 0) return { output: input, inputGradient: (gradient) => gradient };
  const mask = tf.tensor(masks(layer, rate, input.size), input.shape);
  return { output: tf.mul(input, mask), inputGradient: (gradient) => tf.mul(gradient, mask) };
}

export function runScale(input: tf.Tensor, factor: number): LayerRun {
  return { output: tf.mul(input, factor), inputGradient: (gradient) => tf.mul(gradient, factor) };
}

/** [batch, ...shape] -> [batch, size] */
export function runFlatten(input: tf.Tensor): LayerRun {
  return {
    output: tf.reshape(input, [input.shape[0]!, -1]),
    inputGradient: (gradient) => tf.reshape(gradient, input.shape),
  };
}
