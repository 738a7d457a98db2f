import type { SimulationResult } from '../run/result.js';
import { roundedUp } from './rounded-up.js';

/** What hospitals' data have spent over all studies, a line a hospital; empty for a run without ledgers. */
export function ledgersText({ ledgers = [] }: NonNullable<SimulationResult['privacy']>): string[] {
  return ledgers.map(
    ({ id, epsilon, budget, delta, unit, adjacency, accountant, studies, releases, head }) =>
      `${id} over all studies: epsilon ${roundedUp(epsilon)} of a budget of ${budget} at delta ${delta} ` +
      `(unit: ${unit}, adjacency: ${adjacency}, accountant: ${accountant}; runs: ${studies}, releases: ${releases}, ` +
      `ledger head ${head})`,
  );
}
