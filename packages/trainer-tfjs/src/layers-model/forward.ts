import { Random, type Keystream, type LossName, type RoundObjective } from '@fedward/core';
import { dropoutMasks, lossOf, type Batch, type BatchLoss, type DropoutMasks } from '@fedward/core/training';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { flatLayers } from './inspect.js';

/** What a user's model gives: logits (or plain values), or probabilities, as a Keras model often does. */
export type OutputKind = 'logits' | 'probabilities';

/** Logits or values [batch, outputs]. Differentiable; call it inside of `tf.tidy`. */
export function applyModel(
  model: LayersModel,
  features: tf.Tensor,
  training: boolean,
  kind: OutputKind,
  loss: LossName,
): tf.Tensor2D {
  const output = model.apply(features, { training }) as tf.Tensor2D;
  if (kind === 'logits' || loss === 'squared-error' || loss === 'cox') return output;
  const p = tf.clipByValue(output, 1e-7, 1 - 1e-7);
  return loss === 'sigmoid-cross-entropy' ? tf.sub(tf.log(p), tf.log(tf.sub(1, p))) : tf.log(p);
}

/** Each example's loss, and what they were made by. */
export type OwnLoss = Omit<BatchLoss, 'gradient'>;

/** Sum of the examples' losses as a node that can be differentiated; `tell` is given each example's. */
export function lossNode(
  name: LossName,
  outputs: tf.Tensor2D,
  labels: Float32Array,
  shape: RoundObjective | undefined,
  tell: (loss: OwnLoss) => void,
): tf.Scalar {
  const node = tf.customGrad((z) => {
    const [, width] = outputs.shape;
    const { gradient, ...loss } = lossOf(name, (z as tf.Tensor).dataSync() as Float32Array, labels, width, shape);
    tell(loss);
    return {
      value: tf.scalar(loss.losses.reduce((sum, loss) => sum + loss, 0)),
      gradFunc: (dy: tf.Tensor) => tf.mul(dy, tf.tensor2d(gradient, outputs.shape)),
    };
  });
  return node(outputs) as tf.Scalar;
}

/**
 * Makes the Dropout layers of a model draw from a keystream, as `dropoutMasks` has it.
 * @returns sets the step (and the example, where a batch is gone through one by one) that draws next
 */
export function seedDropout(model: LayersModel, keystream: Keystream): (step: number, example?: number) => void {
  let masks: DropoutMasks;
  flatLayers(model).forEach((layer, position) => {
    if (layer.getClassName() !== 'Dropout') return;
    const { rate } = layer as unknown as { rate: number };
    layer.call = (inputs, kwargs) => {
      const input = [inputs].flat()[0]!;
      if (!kwargs['training'] || rate === 0) return input;
      return tf.tidy(() => tf.mul(input, tf.tensor(masks(position, rate, input.size), input.shape)));
    };
  });
  return (step, example) => {
    const own = (): Keystream => ({ ...keystream, key: new Random(keystream.key).fork('example', example!).key() });
    masks = dropoutMasks(example === undefined ? keystream : own(), step);
  };
}

/** [size, ...featureShape] */
export function featuresOf({ features, size }: Batch, inputShape: readonly number[]): tf.Tensor {
  return tf.tensor(features, [size, ...inputShape]);
}
