import type { Hospital, Population } from './scenario.js';

/** A population whose hospitals are all in memory. */
export function populationOf(
  hospitals: readonly Hospital[],
  rest: Pick<Population, 'test' | 'inputShape' | 'classes'>,
): Population {
  const byId = new Map(hospitals.map((hospital) => [hospital.id, hospital]));
  return { ids: hospitals.map(({ id }) => id), hospital: (id) => byId.get(id)!, tabulated: true, ...rest };
}
