import type { ClientContext, TrainingData } from '@fedward/core';
import { clipFactor, type PrivacyRecord } from '@fedward/core/training';
import type { LinearModel } from './linear-model.js';

/** The gradient of one step, before the pull of a proximal term, and the mean loss over its records: none has none. */
export interface Step {
  readonly gradient: Float64Array;
  readonly loss: number | undefined;
}

/**
 * The mean over a shuffled batch; the sum over a Poisson batch divided by its expected size. Where the plan asks for it each
 * unit's gradient is clipped, and the sum noised, an empty one as well (see `GradientPrivacy` in core).
 *
 * @param rows numbers of the records in the batch
 * @param patients [count] where a unit is a patient, with all records; else a record is a unit
 * @param record is told of the clipping and the noise by the code that does them
 */
export function stepGradient(
  linear: LinearModel,
  weights: Float64Array,
  data: TrainingData,
  rows: Uint32Array,
  patients: Uint32Array | undefined,
  { plan, noise, gradientPrivacy }: ClientContext,
  record: PrivacyRecord,
): Step {
  const gradient = new Float64Array(linear.size);
  let loss = 0;
  for (const unit of unitsOf(rows, patients)) {
    const own = new Float64Array(linear.size);
    for (const row of unit) {
      const example = data.features.subarray(row * linear.inputs, (row + 1) * linear.inputs);
      loss += linear.addGradient(weights, example, data.labels[row]!, own);
    }
    const factor = gradientPrivacy ? clipFactor(gradientPrivacy.clipNorm, normOf(own)) : 1;
    // A gradient that is not finite has the factor 0 and counts as 0: 0 times infinity would not.
    if (factor > 0) for (let i = 0; i < own.length; i++) gradient[i]! += factor * own[i]!;
  }
  if (gradientPrivacy) {
    const { clipNorm, noiseMultiplier } = gradientPrivacy;
    record.clipped('per-example', clipNorm);
    noise.addGaussian(gradient, noiseMultiplier * clipNorm);
    record.noised(noiseMultiplier);
  }
  const { batches } = plan.training;
  const divisor = batches.kind === 'poisson' ? batches.expectedSize : rows.length;
  for (let i = 0; i < gradient.length; i++) gradient[i]! /= divisor;
  return { gradient, loss: rows.length > 0 ? loss / rows.length : undefined };
}

function unitsOf(rows: Uint32Array, patients: Uint32Array | undefined): Iterable<readonly number[]> {
  const units = new Map<number, number[]>();
  for (const row of rows) {
    const unit = patients ? patients[row]! : row;
    const own = units.get(unit);
    if (own) own.push(row);
    else units.set(unit, [row]);
  }
  return units.values();
}

function normOf(values: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i]! * values[i]!;
  return Math.sqrt(squares);
}
