import { largest, type PrivacyMechanism, type TrainingData, type TrainingPlan } from '@fedward/core';
import { groupEpsilon } from '@fedward/privacy-dp/accounting';
import type { Population } from '../scenario/scenario.js';

/** What one patient is exposed to where the plan protects records. */
export interface PatientExposure {
  /** The most that one patient has at a hospital. Known here because the simulation holds all data. */
  readonly records: number;
  /** Of all of them together, added or removed at once, over the whole plan; null: no bound is stated. */
  readonly epsilon: number | null;
}

/**
 * The epsilon of the patient with the most records, under a plan whose one mechanism samples and clips the gradients of
 * single records; undefined where no patient has a second record. Where gradients are clipped otherwise no bound is stated.
 *
 * A hospital that was not asked in each round spent less.
 */
export function patientExposure(
  plan: TrainingPlan,
  mechanisms: readonly PrivacyMechanism[],
  population: Population,
): PatientExposure | undefined {
  const { privacy, training, rounds } = plan;
  if (privacy?.unit !== 'record' || !population.tabulated) return undefined;
  const [mechanism, ...others] = mechanisms;
  const gradient = mechanism?.gradient?.(plan);
  if (!gradient || others.length > 0) return undefined;
  const records = largest(population.ids.map((id) => mostRecords(population.hospital(id).train)));
  if (records < 2) return undefined;
  const { clip, noiseMultiplier } = gradient;
  const { delta } = privacy;
  if (clip !== 'per-example' || noiseMultiplier === 0 || delta === undefined || training.batches.kind !== 'poisson')
    return { records, epsilon: null };
  const { probability: samplingProbability, steps } = training.batches;
  return {
    records,
    epsilon: groupEpsilon({ noiseMultiplier, samplingProbability, steps: steps * rounds, records, delta }),
  };
}

function mostRecords({ patientIds = [] }: TrainingData): number {
  const counts = new Map<string, number>();
  for (const id of patientIds) counts.set(id, (counts.get(id) ?? 0) + 1);
  return largest(counts.values(), 0);
}
