import { outputSize, type Keystream, type ModelSpec, type RoundObjective } from '@fedward/core';
import {
  dropoutMasks,
  lossOf,
  type Batch,
  type BatchLoss,
  type DropoutMasks,
  type Objective,
} from '@fedward/core/training';
import * as tf from '@tensorflow/tfjs-core';
import { activateBackend, type BackendName } from '../backend.js';
import { sumGradients, untracked } from './clipped-sum.js';
import type { ExampleGradients } from './example-gradients.js';
import { createNetwork } from './network.js';

/**
 * A model spec as an objective.
 * @param masks for dropout
 * @param frozen names of tensors that are not trained
 * @param shape what changes the model's loss
 */
export function specObjective(
  spec: ModelSpec,
  backend: BackendName,
  masks: Keystream,
  frozen: ReadonlySet<string>,
  shape?: RoundObjective,
): Objective {
  const evaluate = specGradients(spec, backend, frozen, shape);
  return {
    gradient: (values, batch, step, clipNorm) =>
      evaluate(
        values,
        batch,
        (gradients) => sumGradients(gradients, clipNorm, batch.patients),
        dropoutMasks(masks, step),
      ),
  };
}

/**
 * One forward and backward pass; `read` takes from the examples' gradients what is wanted of them, all tensors
 * are gone after it.
 */
export function specGradients(
  spec: ModelSpec,
  backend: BackendName,
  frozen?: ReadonlySet<string>,
  shape?: RoundObjective,
) {
  const network = createNetwork(spec, frozen);
  const width = outputSize(spec);
  return <T extends object>(
    values: Float32Array,
    batch: Batch,
    read: (gradients: ExampleGradients) => T,
    masks?: DropoutMasks,
  ): T & Omit<BatchLoss, 'gradient'> => {
    activateBackend(tf, backend);
    return untracked(() => {
      const features = tf.tensor(batch.features, [batch.size, ...spec.inputShape]);
      const pass = network.forward(values, features, masks);
      const outputs = pass.outputs.dataSync() as Float32Array;
      const { gradient, ...loss } = lossOf(spec.loss, outputs, batch.labels, width, shape);
      return { ...read(pass.backward(tf.tensor2d(gradient, [batch.size, width]))), ...loss };
    });
  };
}

/** Outputs [batch, outputs] without dropout. */
export function specOutputs(spec: ModelSpec, backend: BackendName) {
  const network = createNetwork(spec);
  return (values: Float32Array, features: Float32Array, size: number): Float32Array => {
    activateBackend(tf, backend);
    return untracked(
      () => network.forward(values, tf.tensor(features, [size, ...spec.inputShape])).outputs.dataSync() as Float32Array,
    );
  };
}
