import type { ClientContext, GradientPrivacy, RoundObjective, TrainingData, TrainingWishes } from '@fedward/core';
import { clipFactor, type Augmenter, type PrivacyRecord } from '@fedward/core/training';
import type { Batch } from './batches.js';
import type { Dropout } from './layer.js';
import { lossGradients } from './loss.js';
import type { Network } from './network.js';

export interface BatchGradient {
  readonly gradient: Float64Array;
  /** Mean over the records of the batch; none has none. */
  readonly loss: number | undefined;
}

/** What a step is made under, beside what holds for all. */
export interface StepContext extends ClientContext {
  /** Of the round; absent for the model's own loss. */
  readonly objective?: RoundObjective;
  /** Of the step. */
  readonly augment?: Augmenter;
}

/**
 * The gradient of one step. Without privacy it is the mean over the batch, or the sum over a Poisson batch divided
 * by its expected size; with it, what `GradientPrivacy` in core says. Frozen tensors have none, and no noise.
 *
 * @param context with the noise source of this step
 * @param dropout what is dropped out of the nth example of the batch
 * @param record told of the clipping and the noise
 */
export function batchGradient(
  network: Network,
  weights: Float64Array,
  data: TrainingData,
  batch: Batch,
  { plan, wishes, noise, gradientPrivacy, objective, augment }: StepContext,
  dropout: (example: number) => Dropout,
  record: PrivacyRecord,
): BatchGradient {
  const { batches } = plan.training;
  const perExample = gradientPrivacy?.clip === 'per-example';
  const freeze = withoutFrozen(network, wishes);

  const rows = batch.flat();
  const places = new Map(rows.toSorted((a, b) => a - b).map((row, place) => [row, place]));
  const examples = rows.map((row, i) => {
    const place = batches.kind === 'poisson' ? places.get(row)! : i;
    const features = exampleOf(data, row).slice();
    augment?.(features, place);
    return network.run(weights, features, dropout(place));
  });
  const { losses, gradients } = lossGradients(
    plan.model.loss,
    examples.map(({ outputs }) => outputs),
    rows.map((row) => data.labels[row]!),
    objective,
  );
  const clipUnit = (own: Float64Array, clipNorm: number): void => {
    clip(own, clipNorm);
    record.clipped('per-example', clipNorm);
  };
  const gradient = new Float64Array(weights.length);
  if (perExample && batch.length === 0) clipUnit(gradient, gradientPrivacy.clipNorm);
  let next = 0;
  for (const unit of batch) {
    const own = new Float64Array(weights.length);
    for (let n = 0; n < unit.length; n++, next++) examples[next]!.backward(gradients[next]!, own);
    freeze(own);
    if (perExample) clipUnit(own, gradientPrivacy.clipNorm);
    for (let i = 0; i < own.length; i++) gradient[i]! += own[i]!;
  }
  const addNoise = ({ noiseMultiplier, clipNorm }: GradientPrivacy, divisor: number): void => {
    noise.addGaussian(gradient, (noiseMultiplier * clipNorm) / divisor);
    record.noised(noiseMultiplier);
  };
  if (perExample) addNoise(gradientPrivacy, 1);
  const divisor = batches.kind === 'poisson' ? batches.expectedSize : batch.length;
  for (let i = 0; i < gradient.length; i++) gradient[i]! /= divisor;
  if (gradientPrivacy?.clip === 'batch-mean') {
    clip(gradient, gradientPrivacy.clipNorm);
    record.clipped('batch-mean', gradientPrivacy.clipNorm);
    addNoise(gradientPrivacy, batch.length);
  }
  freeze(gradient);
  return { gradient, loss: rows.length > 0 ? losses.reduce((sum, x) => sum + x, 0) / rows.length : undefined };
}

/** Makes the gradients of the tensors that `frozen` names 0, in place. */
export function withoutFrozen({ layout }: Network, { frozen = [] }: TrainingWishes): (gradient: Float64Array) => void {
  const tensors = layout.tensors.filter(({ name }) => frozen.includes(name));
  return (gradient) => tensors.forEach(({ offset, size }) => gradient.fill(0, offset, offset + size));
}

/** Scales a vector down, in place, to this L2 norm at most: see `clipFactor` of core. One that is not finite is 0. */
export function clip(vector: Float64Array, norm: number): void {
  const factor = clipFactor(norm, Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0)));
  for (let i = 0; i < vector.length; i++) vector[i] = factor > 0 ? vector[i]! * factor : 0;
}

export function exampleOf({ features, count }: TrainingData, row: number): Float32Array {
  const size = features.length / count;
  return features.subarray(row * size, (row + 1) * size);
}
