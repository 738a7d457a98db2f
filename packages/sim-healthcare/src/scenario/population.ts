import type { Hospital, Population } from './scenario.js';

/** A population whose hospitals are all in memory. */
export function populationOf(
  hospitals: readonly Hospital[],
  { test, inputShape, classes }: Pick<Population, 'test' | 'inputShape' | 'classes'>,
): Population {
  const byId = new Map(hospitals.map((hospital) => [hospital.id, hospital]));
  const ids = hospitals.map(({ id }) => id);
  return { ids, hospital: (id) => byId.get(id)!, tabulated: true, test, inputShape, classes };
}
