import { largest, type TrainingData, type TrainingPlan } from '@fedward/core';
import { groupEpsilon } from '@fedward/privacy-dp';
import type { Population } from '../scenario/scenario.js';

/** What one patient is exposed to where the plan protects records. */
export interface PatientExposure {
  /** The most that one patient has at a hospital. Known here because the simulation holds all data. */
  readonly records: number;
  /** Of all of them together, added or removed at once, over the whole plan; null: no bound. */
  readonly epsilon: number | null;
}

/**
 * The epsilon of the patient with the most records, under a plan that samples and clips single records with `dp-sgd`;
 * undefined under any other plan, and where no patient has a second record.
 *
 * A hospital that was not asked in each round spent less.
 */
export function patientExposure(plan: TrainingPlan, population: Population): PatientExposure | undefined {
  const { privacy, training, rounds } = plan;
  if (privacy?.unit !== 'record' || !population.tabulated || training.batches.kind !== 'poisson') return undefined;
  const [mechanism, ...others] = privacy.mechanisms;
  if (mechanism?.name !== 'dp-sgd' || others.length > 0) return undefined;
  const records = largest(population.ids.map((id) => mostRecords(population.hospital(id).train)));
  if (records < 2) return undefined;
  const { noiseMultiplier } = mechanism.options as { readonly noiseMultiplier: number };
  if (noiseMultiplier === 0) return { records, epsilon: null };
  const { probability: samplingProbability, steps } = training.batches;
  const { delta } = privacy;
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
