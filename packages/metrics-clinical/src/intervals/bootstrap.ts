import { assertInteger } from '@fedward/core';
import type { IntervalMethod } from '../evaluation/evaluation.js';
import { words } from './generator.js';
import { notDefined, withoutInterval, type Estimate } from './estimate.js';
import { z, type Interval } from './normal.js';

export interface BootstrapOptions {
  readonly draws: number;
  readonly seed: number;
}

export const defaultBootstrap: BootstrapOptions = { draws: 1000, seed: 0 };

/** More than this many weights are not drawn for one evaluation, where there are many records of few patients or a rare class. */
const mostWeights = 5e7;
const fewestDraws = 50;

/** Fewer draws than this are enough for a standard error, not for quantiles of 2.5 %. */
const drawsForQuantiles = 1000;

/**
 * Draws patients with replacement and calls `each` with how often each was drawn: by a Poisson variable of mean 1 each, which
 * for figures that don't depend on the number of patients comes to the same as a fixed number of draws, and goes through memory in
 * order (Chamandy et al. 2012, Google, "Estimating uncertainty for massive data streams"). The weights are the same for
 * the same seed and number of patients: two models on the same patients are compared draw by draw.
 *
 * @param each gets [patients] weights, which are overwritten afterwards
 */
export function drawPatients(
  patients: number,
  { draws, seed }: BootstrapOptions,
  each: (weights: Uint8Array, draw: number) => void,
): void {
  const weights = new Uint8Array(patients);
  const next = words(seed, 'bootstrap');
  for (let draw = 0; draw < draws; draw++) {
    for (let i = 0; i < patients; i += 2) {
      const word = next();
      weights[i] = poisson[word & 0xffff]!;
      if (i + 1 < patients) weights[i + 1] = poisson[word >>> 16]!;
    }
    each(weights, draw);
  }
}

/** The Poisson variable of mean 1 that each of 2^16 equally likely numbers stands for. */
const poisson = poissonTable();

function poissonTable(): Uint8Array {
  const table = new Uint8Array(2 ** 16);
  let [value, probability] = [0, Math.exp(-1)];
  let upTo = probability;
  for (let i = 0; i < table.length; i++) {
    while ((i + 0.5) / table.length > upTo) upTo += probability /= ++value;
    table[i] = value;
  }
  return table;
}

/**
 * As many draws as were asked for, or as that many records allow.
 * @throws {FedwardError} ARGUMENT_INVALID unless draws is an integer from 1 on
 */
export function drawsFor(records: number, { draws, seed }: BootstrapOptions): BootstrapOptions {
  assertInteger('bootstrap.draws', draws, 1);
  return { draws: Math.min(draws, Math.max(fewestDraws, Math.floor(mostWeights / records))), seed };
}

/**
 * A figure of which there are draws, with their interval. None where every draw gives the same, or where it is not defined for more
 * than one draw in twenty: such draws are of another population than the records.
 */
export function bootstrapped(
  value: number | null,
  draws: Float64Array,
  none: string,
  within: Interval,
  method: IntervalMethod = 'bootstrap',
): Estimate {
  if (value === null) return notDefined(none);
  const interval = intervalOf(value, draws, within);
  if (typeof interval === 'string') return withoutInterval(value, interval);
  return { figure: { value, interval, method }, draws };
}

/**
 * The percentile interval (Efron and Tibshirani 1993, chapter 13), or for fewer than a thousand draws the normal one with the draws'
 * standard deviation.
 * @param draws NaN where it was not defined
 * @returns why there is none, where there is none
 */
export function intervalOf(value: number, draws: Float64Array, within: Interval): Interval | string {
  const sorted = draws.filter((one) => !Number.isNaN(one)).sort();
  if (sorted.length < 0.95 * draws.length || sorted.length < 2)
    return 'it is not defined in many of the draws from so few patients';
  if (sorted[0] === sorted.at(-1)) return 'it is the same in every draw from these patients';
  return sorted.length < drawsForQuantiles * 0.95 ? normal(value, sorted, within) : percentiles(sorted);
}

/** Quantiles at 2.5 and 97.5 %, between two draws by their distance (Hyndman and Fan 1996, type 7). */
function percentiles(sorted: Float64Array): Interval {
  const at = (probability: number): number => {
    const place = probability * (sorted.length - 1);
    const low = Math.floor(place);
    const high = sorted[Math.min(low + 1, sorted.length - 1)]!;
    return sorted[low]! + (place - low) * (high - sorted[low]!);
  };
  return [at(0.025), at(0.975)];
}

function normal(value: number, draws: Float64Array, [least, most]: Interval): Interval {
  const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
  const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (draws.length - 1);
  const half = z * Math.sqrt(variance);
  return [Math.max(least, value - half), Math.min(most, value + half)];
}
