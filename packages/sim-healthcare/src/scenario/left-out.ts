import { didYouMean, FedwardError } from '@fedward/core';
import type { LoadOptions } from './scenario.js';

/**
 * The hospitals without those that are to be left out: before anything is computed over all of them.
 * @throws {FedwardError} CONFIG_INVALID for a hospital that there is not, and where none is left
 */
export function withoutHospitals<H extends { readonly id: string }>(
  hospitals: readonly H[],
  { without = [] }: Pick<LoadOptions, 'without'>,
): readonly H[] {
  const ids = hospitals.map(({ id }) => id);
  const unknown = without.find((id) => !ids.includes(id));
  if (unknown !== undefined) {
    const there = ids.length > 20 ? `${ids[0]} to ${ids.at(-1)}` : ids.join(', ');
    throw refused(`there is no hospital ${unknown}; there are ${there}${didYouMean(unknown, ids)}`);
  }
  const left = hospitals.filter(({ id }) => !without.includes(id));
  if (left.length === 0) throw refused('no hospital is left');
  return left;
}

function refused(why: string): FedwardError {
  return new FedwardError('CONFIG_INVALID', `--without: ${why}`, '--without');
}
