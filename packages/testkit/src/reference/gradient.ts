import type { ClientContext, Random, TrainingData } from '@fedward/core';
import type { Batch } from './batches.js';
import type { Network } from './network.js';

export interface BatchGradient {
  readonly gradient: Float64Array;
  /** Mean over the records of the batch; none has none. */
  readonly loss: number | undefined;
}

/**
 * The gradient of one step. Without privacy it is the mean over the batch, or the sum over a Poisson batch divided
 * by its expected size; with it, what `GradientPrivacy` in core says.
 */
export function batchGradient(
  network: Network,
  weights: Float64Array,
  data: TrainingData,
  batch: Batch,
  { plan, noise, gradientPrivacy }: ClientContext,
  dropout: Random,
): BatchGradient {
  const { batches } = plan.training;
  const perExample = gradientPrivacy?.clip === 'per-example';
  const gradient = new Float64Array(weights.length);
  let lossSum = 0;
  for (const unit of batch) {
    const own = new Float64Array(weights.length);
    for (const row of unit) lossSum += network.gradient(weights, exampleOf(data, row), data.labels[row]!, own, dropout);
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
  return { gradient, loss: batch.length > 0 ? lossSum / batch.flat().length : undefined };
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
