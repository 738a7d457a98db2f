import { Random } from '@fedward/core';
import type { Patients } from '../influence/influence.js';

/** How many samples are drawn, and from which seed. */
export interface ResamplingOptions {
  readonly draws: number;
  readonly seed: number;
}

/** An interval by name; null where too few samples have the figure. */
export type Intervals<K extends string> = Readonly<Record<K, readonly [low: number, high: number] | null>>;

/** Of samples in which a figure may be undefined, the share that has to have it. */
const enough = 0.9;

/** Above so many patients samples are of a part of them. */
const mostDrawn = 5000;
/** As many of these are drawn. */
const fewerDraws = 200;

/**
 * Intervals of 95 % for figures without a closed form, by samples of patients, each with all of its records.
 *
 * Of up to 5,000 patients the bootstrap: as many are drawn with replacement as there are, and the interval is that between
 * the 2.5th and the 97.5th percentile of what the samples give (Efron and Tibshirani 1993, chapter 13). Of more of them
 * subsampling: of 200 samples of 5,000 without replacement the spread, times sqrt(5000 / patients), around the value of all
 * (Politis, Romano and Wolf 1999, section 2.2): as good, and in time that does not grow.
 *
 * @param all the figures of all records
 * @param figures of some records, by the weight of each [records] in a sample; undefined where there is none
 */
export function resampledIntervals<K extends string>(
  records: number,
  patients: Patients,
  all: Readonly<Record<K, number | undefined>>,
  figures: (weights: Float64Array) => Readonly<Record<K, number | undefined>>,
  { draws, seed }: ResamplingOptions,
): Intervals<K> {
  const random = new Random(seed);
  const large = patients.count > mostDrawn;
  const found = Object.fromEntries(Object.keys(all).map((name) => [name, [] as number[]])) as Record<K, number[]>;
  const times = large ? Math.min(draws, fewerDraws) : draws;
  for (let draw = 0; draw < times; draw++) {
    const drawn = large ? without(random, patients.count) : withReplacement(random, patients.count);
    const sample = figures(weightsOf(drawn, records, patients));
    for (const name of Object.keys(all) as K[]) if (sample[name] !== undefined) found[name].push(sample[name]);
  }
  const one = (name: K): readonly [number, number] | null => {
    const values = Float64Array.from(found[name]).sort();
    if (values.length < enough * times || all[name] === undefined) return null;
    const [low, high] = [quantile(values, 0.025), quantile(values, 0.975)];
    if (!large) return [low, high];
    const shrink = Math.sqrt(mostDrawn / patients.count);
    const middle = quantile(values, 0.5);
    return [all[name] + shrink * (low - middle), all[name] + shrink * (high - middle)];
  };
  return Object.fromEntries((Object.keys(all) as K[]).map((name) => [name, one(name)])) as Intervals<K>;
}

/** [patients]: how often each was drawn. */
function withReplacement(random: Random, patients: number): Float64Array {
  const drawn = new Float64Array(patients);
  for (let k = 0; k < patients; k++) drawn[Math.floor(random.uniform() * patients)]!++;
  return drawn;
}

/** [patients]: 1 for those drawn. */
function without(random: Random, patients: number): Float64Array {
  const drawn = new Float64Array(patients);
  for (let left = mostDrawn; left > 0;) {
    const at = Math.floor(random.uniform() * patients);
    if (drawn[at] === 0) left -= drawn[at] = 1;
  }
  return drawn;
}

function weightsOf(drawn: Float64Array, records: number, { of }: Patients): Float64Array {
  return of ? Float64Array.from({ length: records }, (_, i) => drawn[of[i]!]!) : drawn;
}

/** Between two values by their distance. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (place - low) * (sorted[high]! - sorted[low]!);
}
