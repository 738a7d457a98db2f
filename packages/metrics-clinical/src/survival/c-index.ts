import { jackknifeVariance, patientsOf } from '../influence/influence.js';
import { censoringOf, survivalAt, type KaplanMeier } from './kaplan-meier.js';
import { pairSums, type PairSums } from './pairs.js';

/** A share of pairs, and what its error is made of. */
export interface Concordance {
  /** In [0, 1]. */
  readonly value: number;
  /** By the infinitesimal jackknife over patients, as R's `survival::concordance`. */
  readonly variance: number;
  /** [count]: by which a record moves the value, for its weight growing from 1. */
  readonly influences: Float64Array;
}

/**
 * Harrell's concordance index with its variance; see `concordanceIndex` for what a pair is.
 *
 * @param scores [count] larger for an earlier event, such as log hazards
 * @param labels [count] times, negative where censored
 * @param patientIds [count]; without them each record is a patient of its own
 * @returns undefined where no two records can be compared
 * @throws {FedwardError} as `concordanceIndex`
 */
export function harrellC(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  patientIds?: readonly string[],
): Concordance | undefined {
  return concordanceOf(pairSums(scores, labels), patientIds);
}

/** What Uno's index is learned from. */
export interface UnoOptions {
  /** Of being uncensored; default: from the labels. */
  readonly censoring?: KaplanMeier | undefined;
  /** Only pairs whose first event is before this time; default: all. */
  readonly tau?: number | undefined;
  readonly patientIds?: readonly string[] | undefined;
}

/**
 * Uno's concordance index (Uno et al. 2011, Stat. Med. 30:1105): Harrell's, each pair weighted by 1 / G(t)^2 at the time t
 * of its event, G being the probability of not being censored until t (as a step function that has fallen at t, as
 * scikit-survival's). What it estimates does not depend on who was censored, as far as that is chance.
 *
 * The variance takes G as known. Where G was learned from these records that errs on the side of too wide an interval.
 *
 * @param scores and `labels`: as for `harrellC`
 * @returns undefined where no two records can be compared, or G is 0 at an event that would count
 * @throws {FedwardError} as `concordanceIndex`
 */
export function unoC(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  { censoring = censoringOf(labels), tau = Infinity, patientIds }: UnoOptions = {},
): Concordance | undefined {
  const weights = Float64Array.from(labels, (time) => (time > 0 && time < tau ? survivalAt(censoring, time) ** -2 : 0));
  if (!weights.every(Number.isFinite)) return undefined;
  return concordanceOf(pairSums(scores, labels, weights), patientIds);
}

function concordanceOf(
  { concordant, pairs, total, index }: PairSums,
  patientIds: readonly string[] | undefined,
): Concordance | undefined {
  if (index === undefined) return undefined;
  const influences = concordant.map((sum, i) => (sum - index * pairs[i]!) / total);
  return {
    value: index,
    variance: jackknifeVariance(influences, patientsOf(concordant.length, patientIds)),
    influences,
  };
}
