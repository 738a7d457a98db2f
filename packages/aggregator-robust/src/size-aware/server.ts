import {
  addMean,
  assertFits,
  composeAggregator,
  FedwardError,
  incompatible,
  weightedSum,
  type Aggregator,
  type ComposedState,
  type Plan,
  type Reach,
  type Reduction,
  type TensorsForm,
  type Update,
} from '@fedward/core';
import { clipped } from '../clip.js';
import { assertPlan } from '../one-by-one.js';
import { termsOf, type SizeAwareOptions, type SizeAwareTerms } from './options.js';

/** Of both halves. */
export const name = 'size-aware';

/**
 * A mean that no hospital, large or small, moves by more than is its due: each change is clipped to the norm C and counted
 * by w_i = min(n_i, c), and the sum is divided by max(sum_i w_i, c / kappa), with c = 1 where a mechanism has each count once. So a hospital moves the model by at most
 * C w_i / max(sum w, c / kappa), and never by more than kappa C, whatever it sends and whoever else answers.
 *
 * The sum is one by weight, of one array, so that it works under secure aggregation and under noise that a server adds.
 * Clipping and counting are done at the site and, of every update that it can see, by the server again, which trusts none.
 * Under secure aggregation the server sees none: what a site's own software does not clip there is clipped by nobody.
 *
 * The number of records that a site claims counts up to c. With `records`, numbers that all of them know, it counts no
 * further than its own, and whoever is not among them is refused. Without either each site counts once (c = 1), as it does
 * where a mechanism forbids to tell numbers of records.
 *
 * Clipping to a shared norm: Sun et al. 2019, Can you really backdoor federated learning?, section 4. The cap on weights:
 * w_i = min(n_i, c) as in McMahan, Ramage, Talwar, Zhang 2018, Learning differentially private recurrent language models, w_k = min(n_k / w_hat, 1),
 * whose estimator f_f divides by a constant as the floor c / kappa does here.
 *
 * @param options `mostShare`: kappa, default 0.5; `clipNorm`: C, default 1; `mostRecords`: c; `records`: by hospital
 * @throws {FedwardError} CONFIG_INVALID naming the key; (by `validate`) CONFIG_INCOMPATIBLE for a plan whose work is a query,
 *   and for c > 1 under a plan with a price, where all weights are 1
 */
export function sizeAware(
  options: SizeAwareOptions = {},
  path = 'aggregator.options',
): Aggregator<ComposedState<null>> {
  const terms = termsOf(options, path);
  const aggregator = composeAggregator<null>({
    name,
    strategy: name,
    reduce: ({ layout }) => boundedSum({ layout, element: 'f32' }, terms),
    requires: ['told-weights'],
    provides: ['sum-only', 'bounded-sensitivity', 'plain-changes'],
    optimizer: addMean,
    validate: (plan) => assertTerms(plan, terms),
    // A stranger is refused, and is missed for what it would count.
    counts: (records, id) => Math.min(records, terms.mostOf(id) ?? terms.mostRecords),
  });
  return {
    ...aggregator,
    apply: (state, aggregate, context) =>
      aggregator.apply(state, { ...aggregate, divisor: terms.divisorOf(aggregate.divisor, aggregate.count) }, context),
    reach: (weights) => reachOf(weights, terms),
  };
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE, also by the site's half */
export function assertTerms(plan: Plan, { mostRecords }: SizeAwareTerms): void {
  assertPlan(plan, name, 1);
  if (mostRecords > 1 && plan.privacy?.accountant !== undefined)
    throw incompatible(
      `${name} counts up to ${mostRecords} records of a hospital, and under a mechanism that has a price each counts once: set mostRecords to 1`,
      'aggregator.options.mostRecords',
    );
}

/** The sum by weight, of changes that are clipped and weights that are capped once more. */
function boundedSum(form: TensorsForm, terms: SizeAwareTerms): Reduction {
  const sum = weightedSum(form);
  return {
    add(update: Update) {
      assertFits(update, form);
      const most = terms.mostOf(update.clientId);
      if (most === undefined)
        throw new FedwardError(
          'UPDATE_INVALID',
          `${update.clientId} is not among the hospitals of aggregator.options.records`,
          update.clientId,
        );
      const values = clipped(update.payload.values as Float32Array, terms.clipNorm);
      // Never below 1: a sum of as much weight as updates is one in which each counts once.
      sum.add({
        ...update,
        weight: Math.min(Math.max(update.weight, 1), most),
        payload: { ...update.payload, values },
      });
    },
    finish: () => sum.finish(),
  };
}

/** Where each sends what it has: the share of a liar is that of what it may claim. */
function reachOf(weights: ReadonlyMap<string, number>, terms: SizeAwareTerms): Reach[] {
  const { clipNorm, mostShare, mostRecords, divisorOf, declares, mostOf } = terms;
  const counted = new Map([...weights].map(([id, n]) => [id, Math.min(n, mostOf(id) ?? 0)]));
  const total = [...counted.values()].reduce((sum, weight) => sum + weight, 0);
  return [...counted].map(([id, weight]) => {
    const claim = mostOf(id) ?? 0;
    const shareOf = (own: number) => own / divisorOf(total - weight + own, counted.size);
    const share = claim === 0 ? 0 : Math.max(shareOf(claim), shareOf(1));
    const counts = declares
      ? `by ${claim} of the records that it is declared to have`
      : mostRecords === 1
        ? 'once'
        : `by at most ${mostRecords} records`;
    const because =
      claim === 0
        ? 'it is not among the hospitals that are declared, and is refused'
        : `clipped to ${clipNorm}, counted ${counts}, never more than ${mostShare} of the mean; under secure aggregation its own software sees to it, and nobody else can`;
    return { id, share, most: share * clipNorm, because };
  });
}
