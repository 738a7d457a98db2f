import { bootstrapped, type BootstrapOptions } from './bootstrap.js';
import type { Estimate } from './estimate.js';
import { words } from './generator.js';
import type { Interval } from './normal.js';

/** From so many patients on, samples of them tell the error as well as a bootstrap, in a time that hardly grows. */
export const fewestForSamples = 20_000;
/** So many samples tell a standard deviation to about 5 %. */
const mostSamples = 200;
const usualSize = 5000;
/** Of the rarer class there should be so many records in a sample: with few, figures are not yet as they are of all. */
const rarest = 200;
const fewestParts = 4;

/** How patients are sampled. */
export interface Samples {
  readonly patients: number;
  /** Parts into which all patients fall, each a sample. */
  readonly parts: number;
  /** Samples in all: of several partings where one has not as many. */
  readonly count: number;
  readonly seed: number;
}

/**
 * @param rarer share of the records that are of the rarest class
 * @returns undefined where there are too few patients, or too few of that class
 */
export function samplesFor(patients: number, rarer: number, { draws, seed }: BootstrapOptions): Samples | undefined {
  if (patients < fewestForSamples || rarer * patients < fewestParts * rarest) return undefined;
  const parts = Math.floor(patients / Math.max(usualSize, rarest / rarer));
  return { patients, parts, count: Math.min(draws, mostSamples), seed };
}

/**
 * Samples of patients without replacement (Politis, Romano and Wolf 1999, "Subsampling", chapter 2): each patient falls into
 * one of the parts by chance, and again until there are enough samples.
 *
 * @param each gets [patients] the part that each is in, which is overwritten afterwards; the number of the first of these samples; and
 *   how many of them count
 */
export function drawParts(
  { patients, parts, count, seed }: Samples,
  each: (partOf: Uint16Array, first: number, used: number) => void,
): void {
  const next = words(seed, 'samples');
  const partOf = new Uint16Array(patients);
  for (let first = 0; first < count; first += parts) {
    for (let i = 0; i < patients; i++) partOf[i] = Math.floor((next() / 2 ** 32) * parts);
    each(partOf, first, Math.min(parts, count - first));
  }
}

/**
 * A figure with the interval of its draws. Those of samples are first put as far from the figure of all as figures of as many
 * patients would be: a sample of b of n differs from all n with a variance of s^2 (1/b - 1/n), all from the truth with s^2 / n
 * (the same, chapter 10), which is 1 / (n/b - 1) of it.
 *
 * @param draws of `samples`, or without these of a bootstrap
 * @param none why it is not defined, where its value is null
 * @param signed from -1 on, otherwise from 0
 */
export function resampled(
  value: number | null,
  draws: Float64Array,
  none: string,
  signed: boolean,
  samples: Samples | undefined,
): Estimate {
  const within: Interval = signed ? [-1, 1] : [0, 1];
  if (!samples || value === null) return bootstrapped(value, draws, none, within);
  const scale = Math.sqrt(1 / (samples.parts - 1));
  const asOfAll = draws.map((one) => value + scale * (one - value));
  return bootstrapped(value, asOfAll, none, within, 'subsampling');
}
