import type { Hospital } from './scenario.js';

/**
 * Says how many patient ids occur at more than one hospital; undefined where none does. They may be numbers that each
 * hospital gives for itself, which is why nothing is refused.
 */
export function sharedPatients(hospitals: readonly Hospital[]): string | undefined {
  const hospitalsOf = new Map<string, string[]>();
  for (const { id, train, test } of hospitals)
    for (const patient of new Set([...(train.patientIds ?? []), ...(test.patientIds ?? [])])) {
      const at = hospitalsOf.get(patient);
      if (at) at.push(id);
      else hospitalsOf.set(patient, [id]);
    }
  const shared = [...hospitalsOf.values()].filter((at) => at.length > 1);
  if (shared.length === 0) return undefined;
  const where = [...new Set(shared.flat())].sort().join(', ');
  return (
    `${shared.length} patient ${shared.length === 1 ? 'id occurs' : 'ids occur'} at more than one hospital (${where}). ` +
    'Where they are the same people, they are in training at one and tested on at another, and an epsilon, which is ' +
    'for the data of one hospital, does not bound what all of them together tell of such a patient. Where each ' +
    'hospital numbers its patients for itself, nothing is wrong.'
  );
}
