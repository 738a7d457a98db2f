import type { Keystream, ModelSpec, RoundObjective } from '@fedward/core';
import { sumClipped, sumsOfUnits, type Batch, type Objective, type ObjectiveGradient } from '@fedward/core/training';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { activateBackend, type BackendName } from '../backend.js';
import { fetchFlat, sumGradients, untracked } from '../model/clipped-sum.js';
import { noGradients, type ExampleGradients } from '../model/example-gradients.js';
import { applyModel, featuresOf, lossNode, seedDropout, type OutputKind, type OwnLoss } from './forward.js';
import { takeOverLinearLayers } from './linear-layers.js';
import { writeWeights } from './tensors.js';
import type { Weight } from './weight.js';

export interface ModelInUse {
  /** Changed by training: nobody else may use it meanwhile. */
  readonly model: LayersModel;
  /** Those that are trained; offsets are into the flat values of the objective. */
  readonly weights: readonly Weight[];
  /** Those of `weights` whose gradient counts as 0. */
  readonly frozen: readonly Weight[];
  readonly spec: ModelSpec;
  /** What changes the spec's loss. */
  readonly shape?: RoundObjective;
  readonly kind: OutputKind;
  readonly backend: BackendName;
}

/** A user's model as an objective of its trainable weights. @param masks for dropout */
export function modelObjective(inUse: ModelInUse, masks: Keystream): Objective {
  const { model, weights, frozen, spec, shape, kind, backend } = inUse;
  const drawFrom = seedDropout(model, masks);
  const linear = takeOverLinearLayers(model);
  const forward = (batch: Batch, tell: (loss: OwnLoss) => void) => {
    const outputs = applyModel(model, featuresOf(batch, spec.inputShape), true, kind, spec.loss);
    return lossNode(spec.loss, outputs, batch.labels, shape, tell);
  };

  const sumOfBatch = (batch: Batch): ObjectiveGradient =>
    untracked(() => {
      let loss!: OwnLoss;
      const variables = weights.map(({ variable }) => variable.read() as tf.Variable);
      const { grads } = tf.variableGrads(() => forward(batch, (own) => (loss = own)), variables);
      const sum = fetchFlat(variables.map((v) => grads[v.name] ?? tf.zerosLike(v)));
      for (const { offset, size } of frozen) sum.fill(0, offset, offset + size);
      return { sum, ...loss };
    });

  const withoutFrozen = (gradients: ExampleGradients, batch: number): ExampleGradients =>
    gradients.map((tensor, i) => (frozen.includes(weights[i]!) ? noGradients(batch, weights[i]!.size) : tensor));

  return {
    gradient: (values, batch, step, clipNorm) => {
      activateBackend(tf, backend);
      writeWeights(weights, values);
      drawFrom(step);
      if (linear)
        return untracked(() => {
          let loss!: OwnLoss;
          const summed = linear.gradients(
            () => forward(batch, (own) => (loss = own)),
            (gradients) => sumGradients(withoutFrozen(gradients, batch.size), clipNorm, batch.patients),
          );
          return { ...summed, ...loss };
        });
      if (clipNorm === undefined) return sumOfBatch(batch);
      return clippedOneByOne(batch, clipNorm, (example, i) => {
        drawFrom(step, i);
        return sumOfBatch(example);
      });
    },
  };
}

/** The clipped sum by a pass for each example, for layers whose gradients by example have no shorter way. */
function clippedOneByOne(
  batch: Batch,
  clipNorm: number,
  gradientOf: (example: Batch, index: number) => ObjectiveGradient,
): ObjectiveGradient {
  const width = batch.features.length / batch.size;
  const losses = new Float64Array(batch.size);
  const gradients: Float32Array[] = [];
  let objective: RoundObjective | undefined;
  for (let i = 0; i < batch.size; i++) {
    const features = batch.features.slice(i * width, (i + 1) * width);
    const example = gradientOf({ size: 1, features, labels: batch.labels.slice(i, i + 1) }, i);
    losses[i] = example.losses[0]!;
    objective = example.objective;
    gradients.push(example.sum);
  }
  const summed = sumClipped(sumsOfUnits(gradients, batch.patients), clipNorm);
  return { ...summed, losses, ...(objective && { objective }) };
}

/** Outputs [size, outputs] as when predicting. */
export function modelOutputs({ model, spec, kind, backend }: Omit<ModelInUse, 'weights' | 'frozen' | 'shape'>) {
  return (features: Float32Array, size: number): Float32Array => {
    activateBackend(tf, backend);
    return untracked(() => {
      const input = featuresOf({ features, size, labels: new Float32Array() }, spec.inputShape);
      return applyModel(model, input, false, kind, spec.loss).dataSync() as Float32Array;
    });
  };
}
