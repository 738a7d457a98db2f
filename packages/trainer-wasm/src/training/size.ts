import type { BatchesSpec, ClientContext } from '@fedward/core';
import type { Size } from '../engine/engines.js';
import { byPatient } from '../engine/load.js';

/** What the program of a training must hold. */
export function sizeOf(
  { plan, gradientPrivacy }: Pick<ClientContext, 'plan' | 'gradientPrivacy'>,
  count: number,
  patients: Uint32Array | undefined,
): Size {
  // A loss that hangs on the others of its batch, or who counts in it.
  const whole = plan.model.loss === 'cox' || plan.training.objective?.keepSmallest !== undefined;
  const perUnit = gradientPrivacy?.clip === 'per-example';
  const unit = perUnit ? largest(patients) : 0;
  const batch = whole ? largestBatch(plan.training.batches, count) : likelyBatch(plan.training.batches, count);
  return { batch: Math.max(batch, unit), unit, whole };
}

function largest(patients: Uint32Array | undefined): number {
  return patients ? byPatient(patients).reduce((most, records) => Math.max(most, records.length), 1) : 1;
}

function largestBatch(batches: BatchesSpec, count: number): number {
  return batches.kind !== 'poisson' ? Math.min(batches.size, count) : count;
}

/** Poisson batches are seldom larger than four deviations above their mean; those that are go through in parts. */
function likelyBatch(batches: BatchesSpec, count: number): number {
  if (batches.kind !== 'poisson') return Math.min(batches.size, count);
  const mean = batches.probability * count;
  const likely = Math.ceil((mean + 4 * Math.sqrt(mean) + 8) / 8) * 8;
  return Math.min(likely, count);
}
