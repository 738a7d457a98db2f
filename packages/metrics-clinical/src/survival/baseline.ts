import { assertThat, FedwardError } from '@fedward/core';
import type { BaselineHazard } from '../evaluation/evaluation.js';
import { survivalTimes, tiesOf, upTo } from './times.js';

/**
 * The baseline cumulative hazard of a Cox model (Breslow 1972, J. R. Stat. Soc. B 34:216): at each time of an event it
 * grows by the number of events over the sum of exp(log hazard) of who is at risk, equal times by Breslow's rule. It is
 * that of a record whose log hazard is 0, and to be learned from training parts.
 *
 * @param outputs [count] log hazards
 * @param labels [count] times of events, negative where censored
 * @throws {FedwardError} DATA_EMPTY for no record; ARGUMENT_INVALID for unequal lengths; LABEL_INVALID for a time that is
 * 0 or not finite; UPDATE_NOT_FINITE for a log hazard that is not finite, or so far from 0 (some 700) that its
 * exponential is not
 */
export function breslowBaseline(outputs: ArrayLike<number>, labels: ArrayLike<number>): BaselineHazard {
  const records = survivalTimes(labels);
  const { count, order } = records;
  assertThat(outputs.length === count, 'outputs', `there are ${outputs.length} outputs for ${count} times`);
  // Sums from the end, so that nothing is lost by subtraction; relative to the largest.
  let largest = -Infinity;
  for (let i = 0; i < count; i++) {
    if (!Number.isFinite(outputs[i]))
      throw new FedwardError('UPDATE_NOT_FINITE', `the log hazard of record ${i} is ${outputs[i]}`, 'outputs');
    largest = Math.max(largest, outputs[i]!);
  }
  const unit = Math.exp(-largest);
  if (!(unit > 0 && unit < Infinity))
    throw new FedwardError('UPDATE_NOT_FINITE', `a log hazard of ${largest} has no baseline beside it`, 'outputs');
  const atRisk = new Float64Array(count + 1);
  for (let place = count - 1; place >= 0; place--)
    atRisk[place] = atRisk[place + 1]! + Math.exp(outputs[order[place]!]! - largest);
  const times: number[] = [];
  const cumulative: number[] = [];
  let hazard = 0;
  for (const { time, from, censored } of tiesOf(records)) {
    if (censored === from) continue;
    hazard += ((censored - from) / atRisk[from]!) * unit;
    times.push(time);
    cumulative.push(hazard);
  }
  if (!Number.isFinite(hazard))
    throw new FedwardError('UPDATE_NOT_FINITE', 'log hazards so far apart have no baseline', 'outputs');
  return { times, cumulative };
}

/** H0(t): that of the last step, beyond it. */
export function cumulativeHazardAt({ times, cumulative }: BaselineHazard, time: number): number {
  const steps = upTo(times, time);
  return steps === 0 ? 0 : cumulative[steps - 1]!;
}

/**
 * The probability of each record to have no event until a time: exp(-H0(t) exp(log hazard)).
 * @param outputs [count] log hazards
 * @returns [count]
 */
export function survivalProbabilities(
  baseline: BaselineHazard,
  outputs: ArrayLike<number>,
  time: number,
): Float64Array {
  const hazard = cumulativeHazardAt(baseline, time);
  if (hazard === 0) return new Float64Array(outputs.length).fill(1); // whatever the log hazard
  return Float64Array.from(outputs, (logHazard) => Math.exp(-hazard * Math.exp(logHazard)));
}
