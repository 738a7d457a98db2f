import { canonicalJson, FedwardError, type AccountantFactory, type DpEvent } from '@fedward/core';
import { gaussianAccountant, pldAccountant, rdpAccountant, renyiFilter } from '../accounting/index.js';
import { pricedBy, renyiFilterName } from './accountant-names.js';
import type { LedgerTerms } from './terms.js';

/** Accountants by name. */
export type Accountants = Readonly<Record<string, AccountantFactory>>;

/** What a history costs at the terms' delta. */
export interface Pricing {
  /** The accountant that prices, which may be another than the one that old terms name. */
  readonly accountant: string;
  /** Epsilon of all that was ever charged; Infinity where nothing bounds it. @throws {FedwardError} EVENT_UNSUPPORTED */
  readonly price: (history: DpEvent) => number;
  /** Epsilon of one study by itself, whose settings were fixed before it began. */
  readonly priceAlone: (study: DpEvent) => number;
}

/**
 * Prices what outlives a run: by `rdp-filter`, by `gaussian`, or by one of the `others`, who vouch for it that it bounds
 * releases which were chosen by the results of earlier ones.
 *
 * That `gaussian` does, exactly: releases of which 1/z^2 add up to mu^2 at most are together mu-Gaussian private, however
 * each was chosen (Smith and Thakurta 2022, arXiv:2210.17520, theorem 1.1).
 *
 * @throws {FedwardError} PLUGIN_UNKNOWN where the accountant is not installed
 */
export function pricingOf(terms: LedgerTerms, others: Accountants = {}): Pricing {
  const accountant = pricedBy(terms.accountant);
  const price = priceOf(factoryOf({ ...terms, accountant }, others), terms);
  if (accountant !== renyiFilterName) return { accountant, price, priceAlone: price };
  const [alone, looser] = [priceOf(pld, terms), priceOf(rdp, terms)];
  const priceAlone = (study: DpEvent): number => (pld(terms.adjacency).unpriced(study) ? looser : alone)(study);
  return { accountant, price, priceAlone };
}

const [pld, rdp, gaussian] = [pldAccountant(), rdpAccountant(), gaussianAccountant()];
/** By budget and delta: hospitals of one federation have the same for the most part. */
const filters = new Map<string, AccountantFactory>();

function factoryOf({ accountant, budget, delta }: LedgerTerms, others: Accountants): AccountantFactory {
  if (Object.hasOwn(others, accountant)) return others[accountant]!;
  if (accountant === 'gaussian') return gaussian;
  if (accountant !== renyiFilterName)
    throw new FedwardError(
      'PLUGIN_UNKNOWN',
      `the ledger is priced by accountant ${accountant}, there are ${[renyiFilterName, 'gaussian', ...Object.keys(others)].join(', ')}`,
      'accountant',
    );
  const key = `${budget} ${delta}`;
  const filter = filters.get(key) ?? renyiFilter(budget, delta);
  filters.set(key, filter);
  return filter;
}

/** Hospitals of one federation have one history for the most part, and each round is priced at each of them. */
const known = new WeakMap<AccountantFactory, Map<string, number>>();
const mostKnown = 4096;

function priceOf(factory: AccountantFactory, { adjacency, delta }: LedgerTerms): (history: DpEvent) => number {
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
