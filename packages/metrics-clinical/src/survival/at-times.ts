import { assertThat } from '@fedward/core';
import { survivalAt, type KaplanMeier } from './kaplan-meier.js';

/** A figure with [count] influences; see `Concordance`. */
export interface WithInfluences {
  readonly value: number;
  readonly influences: Float64Array;
}

/**
 * Each record's squared error of the probability to have no event until a time, weighted for those who were censored before
 * (Graf et al. 1999, Stat. Med. 18:2529): S^2 / G(T) for an event until then, (1 - S)^2 / G(t) for who outlived it, 0 for who
 * was censored before it. The Brier score is their mean.
 *
 * @param survival [count] predicted probabilities to have no event until `time`
 * @param labels [count] times, negative where censored
 * @param censoring of being uncensored, of training records or of these (see `censoringOf`)
 * @param atEvents what `remainingAtEvents` gives of the two, where it is needed more than once
 * @returns [count], or undefined where it says that nobody remains uncensored for so long
 */
export function brierLosses(
  survival: ArrayLike<number>,
  labels: ArrayLike<number>,
  time: number,
  censoring: KaplanMeier,
  atEvents = remainingAtEvents(labels, censoring),
): Float64Array | undefined {
  assertThat(survival.length === labels.length, 'survival', `${survival.length} are not ${labels.length} records`);
  const remaining = survivalAt(censoring, time);
  const losses = new Float64Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const [label, s] = [labels[i]!, survival[i]!];
    if (Math.abs(label) > time) losses[i] = (1 - s) ** 2 / remaining;
    else if (label > 0) losses[i] = s ** 2 / atEvents[i]!;
    if (!Number.isFinite(losses[i])) return undefined;
  }
  return losses;
}

/** G at each record's event, [count]; 1 where it is censored. */
export function remainingAtEvents(labels: ArrayLike<number>, censoring: KaplanMeier): Float64Array {
  return Float64Array.from(labels, (label) => (label > 0 ? survivalAt(censoring, label) : 1));
}

/**
 * The Brier score over a span of time: the trapezoid rule over the times, divided by their span.
 *
 * @param times ascending, two at least
 * @param scores [times]
 */
export function integrated(times: readonly number[], scores: readonly number[]): number {
  assertThat(times.length > 1 && scores.length === times.length, 'times', 'needs two times, and a score for each');
  let sum = 0;
  for (let k = 1; k < times.length; k++) sum += ((scores[k]! + scores[k - 1]!) / 2) * (times[k]! - times[k - 1]!);
  return sum / (times.at(-1)! - times[0]!);
}

/**
 * Area under the curve of cumulative cases and dynamic controls at a time (Uno et al. 2007, JASA 102:527; Hung and Chiang
 * 2010): the chance that who had an event until then scored above who had none, cases weighted by 1 / G at their event.
 * Equal scores count half.
 *
 * @param scores [count] larger for an earlier event
 * @param labels [count] times, negative where censored
 * @returns undefined without a case or a control, or where `censoring` is 0 at a case
 */
export function aurocAt(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  time: number,
  censoring: KaplanMeier,
): WithInfluences | undefined {
  const n = labels.length;
  assertThat(scores.length === n, 'scores', `there are ${scores.length} scores for ${n} times`);
  const cases = new Float64Array(n);
  const controls = new Float64Array(n);
  let [allCases, allControls] = [0, 0];
  for (let i = 0; i < n; i++) {
    const label = labels[i]!;
    if (Math.abs(label) > time) allControls += controls[i] = 1;
    else if (label > 0) allCases += cases[i] = 1 / survivalAt(censoring, label);
  }
  if (allControls === 0 || allCases === 0 || !Number.isFinite(allCases)) return undefined;

  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  const won = new Float64Array(n); // by weight, of the pairs that a record is in
  let [casesBelow, controlsBelow, sum] = [0, 0, 0];
  for (let from = 0, to = 0; from < n; from = to) {
    let [casesHere, controlsHere] = [0, 0];
    for (; to < n && scores[order[to]!] === scores[order[from]!]; to++) {
      casesHere += cases[order[to]!]!;
      controlsHere += controls[order[to]!]!;
    }
    for (const i of order.subarray(from, to)) {
      const asCase = cases[i]! * (controlsBelow + controlsHere / 2);
      sum += asCase;
      won[i] = asCase + controls[i]! * (allCases - casesBelow - casesHere / 2);
    }
    casesBelow += casesHere;
    controlsBelow += controlsHere;
  }
  const total = allCases * allControls;
  const value = sum / total;
  const influences = won.map(
    (pairs, i) => (pairs - value * (cases[i]! * allControls + controls[i]! * allCases)) / total,
  );
  return { value, influences };
}

/**
 * The mean of areas at several times, each weighted by the share of records whose event lies between it and the time before.
 *
 * @param times ascending
 * @param areas [times]
 * @param survival of the records that the areas are of
 */
export function meanAuroc(times: readonly number[], areas: readonly number[], survival: KaplanMeier): number {
  if (areas.length === 1) return areas[0]!;
  const shares = [1, ...times.map((time) => survivalAt(survival, time))];
  const sum = areas.reduce((total, area, k) => total + area * (shares[k]! - shares[k + 1]!), 0);
  return sum / (1 - shares.at(-1)!);
}
