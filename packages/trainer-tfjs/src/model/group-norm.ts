import * as tf from '@tensorflow/tfjs-core';
import { writtenOut } from './example-gradients.js';
import type { LayerRun } from './layer.js';

/**
 * Group normalization (Wu and He 2018, equations 1 to 6): each example's channels in groups, every group brought
 * to mean 0 and (biased) variance 1 over its channels and all positions, then scale and shift by channel.
 * No example sees another one, so that it may be used under differential privacy.
 *
 * @param input [batch, ..., channels]
 */
export function runGroupNorm(
  input: tf.Tensor,
  [scale, shift]: readonly tf.Tensor[],
  groups: number,
  epsilon: number,
): LayerRun {
  const batch = input.shape[0]!;
  const channels = input.shape.at(-1)!;
  const grouped = (t: tf.Tensor) => tf.reshape(t, [batch, -1, groups, channels / groups]);
  const byPosition = (t: tf.Tensor) => tf.reshape(t, [batch, -1, channels]);
  const groupMean = (t: tf.Tensor) => tf.mean(t, [1, 3], true);

  const x = grouped(input);
  const centered = tf.sub(x, groupMean(x));
  const inverseDeviation = tf.rsqrt(tf.add(groupMean(tf.square(centered)), epsilon));
  const normalized = tf.mul(centered, inverseDeviation);
  return {
    output: tf.add(tf.mul(tf.reshape(normalized, input.shape), scale!), shift!),
    inputGradient: (gradient) => {
      const d = grouped(tf.mul(gradient, scale!));
      const alongValue = tf.mul(normalized, groupMean(tf.mul(d, normalized)));
      return tf.reshape(tf.mul(inverseDeviation, tf.sub(tf.sub(d, groupMean(d)), alongValue)), input.shape);
    },
    exampleGradients: (gradient) => {
      const d = byPosition(gradient);
      return writtenOut([tf.sum(tf.mul(d, byPosition(normalized)), 1), tf.sum(d, 1)]);
    },
  };
}
