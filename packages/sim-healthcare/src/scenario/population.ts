import type { Hospital, Population } from './scenario.js';

/** A population whose hospitals are all in memory. */
export function populationOf(
  hospitals: readonly Hospital[],
  about: Omit<Population, 'ids' | 'hospital' | 'tabulated'>,
): Population {
  const byId = new Map(hospitals.map((hospital) => [hospital.id, hospital]));
  const ids = hospitals.map(({ id }) => id);
  return { ...about, ids, hospital: (id) => byId.get(id)!, tabulated: true };
}
