import { canonicalJson, FedwardError, type AccountantFactory, type DpEvent } from '@fedward/core';
import type { LedgerTerms } from './terms.js';

/** Accountants by name: those of this package, or also a team's own. */
export type Accountants = Readonly<Record<string, AccountantFactory>>;

/** Epsilon of a history at the terms' delta; Infinity where nothing bounds it. */
export type Pricing = (history: DpEvent) => number;

/** Hospitals of one federation have one history for the most part, and each round is priced at each of them. */
const known = new WeakMap<AccountantFactory, Map<string, number>>();
const mostKnown = 4096;

/**
 * Prices histories by the accountant that the terms name.
 * @throws {FedwardError} PLUGIN_UNKNOWN where it is not installed; the pricing: EVENT_UNSUPPORTED
 */
export function pricingOf({ accountant: name, adjacency, delta }: LedgerTerms, accountants: Accountants): Pricing {
  const factory = Object.hasOwn(accountants, name) ? accountants[name] : undefined;
  if (!factory)
    throw new FedwardError(
      'PLUGIN_UNKNOWN',
      `the ledger is priced by accountant ${name}, installed are ${Object.keys(accountants).join(', ')}`,
      'accountant',
    );
  const prices = known.get(factory) ?? new Map<string, number>();
  known.set(factory, prices);
  return (history) => {
    const key = `${adjacency} ${delta} ${canonicalJson(history)}`;
    let epsilon = prices.get(key);
    if (epsilon === undefined) {
      const accountant = factory(adjacency);
      accountant.compose(history);
      epsilon = accountant.epsilon(delta);
      if (prices.size >= mostKnown) prices.clear();
      prices.set(key, epsilon);
    }
    return epsilon;
  };
}
