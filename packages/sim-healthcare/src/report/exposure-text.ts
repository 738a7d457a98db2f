import { defaultPlugins } from '../plugins/catalogue.js';
import type { SimulationResult } from '../run/result.js';

/** What a reader of a record's epsilon must know where patients have several records; undefined where none has. */
export function exposureText({
  patient,
  delta,
  adjacency,
}: Pick<NonNullable<SimulationResult['privacy']>, 'patient' | 'delta' | 'adjacency'>): string | undefined {
  if (!patient) return undefined;
  if (patient.epsilon === null)
    return (
      `That does not bound a patient: the one with the most has ${patient.records} records, and for all of them no ` +
      `epsilon is stated. --privacy ${defaultPlugins.mechanism} with --unit patient protects patients.`
    );
  const epsilon = `epsilon ${(Math.ceil(patient.epsilon * 10) / 10).toFixed(1)}`;
  return (
    `That does not bound a patient: for all ${patient.records} records of the patient with the most it is ${epsilon} ` +
    `at delta ${delta} (unit: patient, adjacency: ${adjacency}, accountant: rdp of a mixture of Gaussians, ` +
    `arXiv:2401.10294, or exact Gaussian, same assumptions). --unit patient protects patients.`
  );
}
