import type { ClientContext, TrainingData } from '@fedward/core';
import type { Batch } from './batches.js';
import type { Dropout } from './layer.js';
import { lossGradients } from './loss.js';
import type { Network } from './network.js';

export interface BatchGradient {
  readonly gradient: Float64Array;
  /** Mean over the records of the batch; none has none. */
  readonly loss: number | undefined;
}

/**
 * The gradient of one step. Without privacy it is the mean over the batch, or the sum over a Poisson batch divided
 * by its expected size; with it, what `GradientPrivacy` in core says. Frozen tensors have none, and no noise.
 *
 * @param context with the noise source of this step
 * @param dropout what is dropped out of the nth example of the batch
 */
export function batchGradient(
  network: Network,
  weights: Float64Array,
  data: TrainingData,
  batch: Batch,
  { plan, instructions, noise, gradientPrivacy }: ClientContext,
  dropout: (example: number) => Dropout,
): BatchGradient {
  const { batches } = plan.training;
  const perExample = gradientPrivacy?.clip === 'per-example';
  const freeze = withoutFrozen(network, instructions);

  const rows = batch.flat();
  const places = new Map(rows.toSorted((a, b) => a - b).map((row, place) => [row, place]));
  const examples = rows.map((row, i) =>
    network.run(weights, exampleOf(data, row), dropout(batches.kind === 'poisson' ? places.get(row)! : i)),
  );
  const { losses, gradients } = lossGradients(
    plan.model.loss,
    examples.map(({ outputs }) => outputs),
    rows.map((row) => data.labels[row]!),
  );
  const gradient = new Float64Array(weights.length);
  let next = 0;
  for (const unit of batch) {
    const own = new Float64Array(weights.length);
    for (let n = 0; n < unit.length; n++, next++) examples[next]!.backward(gradients[next]!, own);
    freeze(own);
    if (perExample) clip(own, gradientPrivacy.clipNorm);
    for (let i = 0; i < own.length; i++) gradient[i]! += own[i]!;
  }
  if (perExample) noise.addGaussian(gradient, gradientPrivacy.noiseMultiplier * gradientPrivacy.clipNorm);
  const divisor = batches.kind === 'poisson' ? batches.expectedSize : batch.length;
  for (let i = 0; i < gradient.length; i++) gradient[i]! /= divisor;
  if (gradientPrivacy?.clip === 'batch-mean') {
    clip(gradient, gradientPrivacy.clipNorm);
    noise.addGaussian(gradient, (gradientPrivacy.noiseMultiplier * gradientPrivacy.clipNorm) / batch.length);
  }
  freeze(gradient);
  return { gradient, loss: rows.length > 0 ? losses.reduce((sum, x) => sum + x, 0) / rows.length : undefined };
}

/** Makes the gradients of the tensors that `frozen` names 0, in place. */
export function withoutFrozen(
  { layout }: Network,
  { frozen }: ClientContext['instructions'],
): (gradient: Float64Array) => void {
  const tensors = layout.tensors.filter(({ name }) => Array.isArray(frozen) && frozen.includes(name));
  return (gradient) => tensors.forEach(({ offset, size }) => gradient.fill(0, offset, offset + size));
}

/** Scales a vector down, in place, to this L2 norm at most. */
export function clip(vector: Float64Array, norm: number): void {
  const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  if (length <= norm) return;
  for (let i = 0; i < vector.length; i++) vector[i]! *= norm / length;
}

export function exampleOf({ features, count }: TrainingData, row: number): Float32Array {
  const size = features.length / count;
  return features.subarray(row * size, (row + 1) * size);
}
