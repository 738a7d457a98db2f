import { z95 } from '../influence/influence.js';
import { survivalTimes, tiesOf, upTo } from './times.js';

/** The share of records that had no event until a time: a step function, 1 before the first of its times. */
export interface KaplanMeier {
  /** Ascending: those of the events, and no others. */
  readonly times: readonly number[];
  /** [times]: from each time on. */
  readonly survival: readonly number[];
  /** [times]: of the logarithm of `survival` (Greenwood 1926); infinite where it is 0. */
  readonly logVariance: readonly number[];
  /** [times] */
  readonly atRisk: readonly number[];
  /** [times] */
  readonly events: readonly number[];
  /** Until when anybody was observed. */
  readonly followedUntil: number;
}

/**
 * The Kaplan-Meier estimator (Kaplan and Meier 1958, JASA 53:457): S(t) is the product of 1 - d/n over the times of events
 * until t. Who is censored at the time of an event was at risk of it.
 *
 * @param labels [count]: times of events, negative where censored
 * @throws {FedwardError} DATA_EMPTY for no record; LABEL_INVALID for a time that is 0 or not finite
 */
export function kaplanMeier(labels: ArrayLike<number>): KaplanMeier {
  return estimate(labels, 'events');
}

/**
 * The same estimator of remaining uncensored, which inverse-probability weights are made of: who has an event at a time is
 * no longer at risk of being censored at it.
 *
 * @param labels [count]: as above; its `times` and `events` are those of the censored
 * @throws {FedwardError} as `kaplanMeier`
 */
export function censoringOf(labels: ArrayLike<number>): KaplanMeier {
  return estimate(labels, 'censored');
}

function estimate(labels: ArrayLike<number>, of: 'events' | 'censored'): KaplanMeier {
  const records = survivalTimes(labels);
  const [times, survival, logVariance, atRisk, events] = [[], [], [], [], []] as number[][] as [
    number[],
    number[],
    number[],
    number[],
    number[],
  ];
  let [share, variance, last] = [1, 0, 0];
  for (const { time, from, censored, to } of tiesOf(records)) {
    last = time;
    const n = records.count - (of === 'events' ? from : censored);
    const d = of === 'events' ? censored - from : to - censored;
    if (d === 0) continue;
    share *= (n - d) / n;
    variance += d / (n * (n - d));
    times.push(time);
    survival.push(share);
    logVariance.push(variance);
    atRisk.push(n);
    events.push(d);
  }
  return { times, survival, logVariance, atRisk, events, followedUntil: last };
}

/** The estimate at a time; beyond the last of an event it stays what it was. */
export function survivalAt({ times, survival }: KaplanMeier, time: number): number {
  const steps = upTo(times, time);
  return steps === 0 ? 1 : survival[steps - 1]!;
}

/** The standard error of the estimate at a time, Greenwood's; 0 before the first event and where nobody is left. */
export function survivalErrorAt({ times, survival, logVariance }: KaplanMeier, time: number): number {
  const steps = upTo(times, time);
  return steps === 0 || survival[steps - 1] === 0 ? 0 : survival[steps - 1]! * Math.sqrt(logVariance[steps - 1]!);
}

/**
 * The interval of 95 % at a time, symmetric on the scale of log S or, by default, of log(-log S), which keeps it in [0, 1]
 * (Kalbfleisch and Prentice 2002, section 1.4.1). Undefined before the first event and where nobody is left.
 */
export function survivalIntervalAt(
  curve: KaplanMeier,
  time: number,
  scale: 'log' | 'log-log' = 'log-log',
): [low: number, high: number] | undefined {
  const value = survivalAt(curve, time);
  if (value === 1 || value === 0) return undefined;
  const half = z95 * (survivalErrorAt(curve, time) / value);
  if (scale === 'log') return [value * Math.exp(-half), Math.min(1, value * Math.exp(half))];
  const ratio = Math.exp(half / -Math.log(value));
  return [value ** ratio, value ** (1 / ratio)];
}

/**
 * The time from which on no more than the share 1 - p is without an event; the middle of the step where it is exactly that
 * share between two times, as R's `quantile.survfit`. Undefined where it never falls so far.
 *
 * @param p in (0, 1): 0.5 for the median
 */
export function survivalQuantile({ times, survival }: KaplanMeier, p: number): number | undefined {
  const tolerance = 1e-9; // products of fractions are not exactly 1 - p
  const first = survival.findIndex((share) => share < 1 - p + tolerance);
  if (first < 0) return undefined;
  const next = times[first + 1];
  const exact = Math.abs(survival[first]! - (1 - p)) < tolerance;
  return exact && next !== undefined ? (times[first]! + next) / 2 : times[first];
}
