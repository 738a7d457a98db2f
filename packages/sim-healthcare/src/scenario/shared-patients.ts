import { valueKey } from '@fedward/kit-tables';
import type { Hospital } from './scenario.js';

/**
 * What to know of the patient ids, in sentences: how many occur at more than one hospital, also where one writes `1` and
 * another `1.0` or `01`; and how many differ from another at their hospital in upper and lower case only. Nothing is
 * refused: hospitals may number their patients each for itself, and there are ids in which case matters.
 */
export function noticesOfIds(hospitals: readonly Hospital[]): string[] {
  const ids = hospitals.map(idsOf);
  const apart = hospitals.flatMap(({ id }, h) => {
    const twins = ids[h]!.length - new Set(ids[h]!.map((patient) => patient.toLowerCase())).size;
    if (twins === 0) return [];
    return [
      `${twins} patient ${twins === 1 ? 'id' : 'ids'} of ${id} ${twins === 1 ? 'differs' : 'differ'} from another in upper and ` +
        'lower case only: they count as different patients.',
    ];
  });
  return [...apart, ...sharedIds(hospitals, ids)];
}

function idsOf({ train, test }: Hospital): string[] {
  return [...new Set([...(train.patientIds ?? []), ...(test.patientIds ?? [])])];
}

function sharedIds(hospitals: readonly Hospital[], ids: readonly (readonly string[])[]): string[] {
  if (hospitals.length < 2) return [];
  const hospitalsOf = new Map<string, string[]>();
  hospitals.forEach(({ id }, h) => {
    for (const patient of ids[h]!) {
      const key = valueKey(patient);
      const at = hospitalsOf.get(key);
      if (at) at.push(id);
      else hospitalsOf.set(key, [id]);
    }
  });
  const shared = [...hospitalsOf.values()].filter((at) => at.length > 1);
  if (shared.length === 0) return [];
  const where = [...new Set(shared.flat())].sort().join(', ');
  return [
    `${shared.length} patient ${shared.length === 1 ? 'id occurs' : 'ids occur'} at more than one hospital (${where}). ` +
      'Where they are the same people, they are in training at one and tested on at another, and an epsilon, which is ' +
      'for the data of one hospital, does not bound what all of them together tell of such a patient. Where each ' +
      'hospital numbers its patients for itself, nothing is wrong.',
  ];
}
