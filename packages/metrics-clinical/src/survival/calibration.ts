import { assertThat } from '@fedward/core';
import type { ReliabilityBin } from '../evaluation/evaluation.js';
import { z95 } from '../influence/influence.js';
import { kaplanMeier, survivalAt, survivalIntervalAt, type KaplanMeier } from './kaplan-meier.js';
import { upTo } from './times.js';
import type { WithInfluences } from './at-times.js';

/**
 * By how much each record moves the logarithm of the Kaplan-Meier estimate at a time.
 * @returns [count], or undefined where the estimate is 0
 */
export function logSurvivalInfluences(
  curve: KaplanMeier,
  labels: ArrayLike<number>,
  time: number,
): Float64Array | undefined {
  const { times, atRisk, events } = curve;
  // d log((n - d) / n) is 1 / (n - d) - 1 / n for who is at risk, and 1 / (n - d) less for who has the event.
  const cumulative = new Float64Array(times.length + 1);
  times.forEach((_, k) => (cumulative[k + 1] = cumulative[k]! + 1 / (atRisk[k]! - events[k]!) - 1 / atRisk[k]!));
  const influences = Float64Array.from(labels, (label) => {
    const steps = upTo(times, Math.min(Math.abs(label), time));
    const own = label > 0 && label <= time ? 1 / (atRisk[steps - 1]! - events[steps - 1]!) : 0;
    return cumulative[steps]! - own;
  });
  return influences.every(Number.isFinite) ? influences : undefined;
}

/**
 * Observed over expected events until a time: 1 minus the Kaplan-Meier estimate, over the mean predicted risk. Above 1: the
 * model predicts too few.
 *
 * @param risks [count] predicted probabilities of an event until `time`
 * @param labels [count] times, negative where censored
 * @returns undefined where nobody was followed for so long, nobody had an event, all had, or none was expected
 */
export function observedOverExpected(
  risks: Float64Array,
  labels: ArrayLike<number>,
  time: number,
): WithInfluences | undefined {
  assertThat(risks.length === labels.length, 'risks', `${risks.length} are not ${labels.length} records`);
  const curve = kaplanMeier(labels);
  const survival = survivalAt(curve, time);
  const expected = risks.reduce((sum, risk) => sum + risk, 0) / risks.length;
  if (curve.followedUntil < time || survival === 1 || survival === 0 || expected === 0) return undefined;
  const byLog = logSurvivalInfluences(curve, labels, time);
  if (!byLog) return undefined;
  const value = (1 - survival) / expected;
  const influences = byLog.map((own, i) => {
    const observed = (-survival * own) / (1 - survival);
    return value * (observed - (risks[i]! - expected) / (expected * risks.length));
  });
  return { value, influences };
}

/**
 * Groups of records by their predicted risk, each beside what came of it by the Kaplan-Meier estimate. Groups in which nobody
 * was followed for so long are left out: of them it is not known.
 *
 * @param groups of equal size, in which equal risks stay together; fewer where there are not 20 records for each
 * @param risks and `labels`: as for `observedOverExpected`
 */
export function survivalCalibration(
  risks: Float64Array,
  labels: ArrayLike<number>,
  time: number,
  groups = 10,
): ReliabilityBin[] {
  const n = risks.length;
  const wanted = Math.max(1, Math.min(groups, Math.floor(n / 20)));
  const order = Uint32Array.from(risks, (_, i) => i).sort((a, b) => risks[a]! - risks[b]!);
  const bins: ReliabilityBin[] = [];
  for (let group = 1, from = 0; group <= wanted; group++) {
    let to = Math.max(from, Math.round((group * n) / wanted));
    while (to > 0 && to < n && risks[order[to]!] === risks[order[to - 1]!]) to++;
    const rows = order.subarray(from, to);
    from = to;
    if (rows.length === 0) continue;
    const curve = kaplanMeier(Array.from(rows, (i) => labels[i]!));
    const survival = survivalAt(curve, time);
    if (curve.followedUntil < time && survival > 0) continue;
    bins.push({
      records: rows.length,
      predicted: rows.reduce((sum, i) => sum + risks[i]!, 0) / rows.length,
      observed: 1 - survival,
      interval: intervalOf(curve, time, rows.filter((i) => Math.abs(labels[i]!) >= time).length),
    });
  }
  return bins;
}

/** Where there was no event, or nothing but events, Wilson's of so many records as were followed to the time. */
function intervalOf(curve: KaplanMeier, time: number, followed: number): [low: number, high: number] {
  const interval = survivalIntervalAt(curve, time);
  if (interval) return [1 - interval[1], 1 - interval[0]];
  const [n, square] = [Math.max(1, followed), z95 ** 2];
  return survivalAt(curve, time) === 1 ? [0, square / (n + square)] : [n / (n + square), 1];
}
