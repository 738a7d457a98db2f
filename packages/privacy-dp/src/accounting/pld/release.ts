import type { Adjacency, DpEvent } from '@fedward/core';
import { isNoiseMultiplier } from '../additive-accountant.js';
import { isEvent } from '../unpriced.js';
import type { LossPair } from './loss-law.js';
import type { Sampling } from './sampling.js';

/** A release in the terms of its privacy loss. */
export type Release =
  | { readonly kind: 'free' }
  | { readonly kind: 'exposed' }
  | {
      readonly kind: 'private';
      readonly pair: LossPair;
      readonly sampling: Sampling;
      /** True probabilities are within a factor e^gap of those of the pair; >= 0. */
      readonly gap: number;
    };

type Refusal = { readonly refused: string };
type Inner = { readonly pair: LossPair; readonly gap: number } | 'free' | 'exposed' | Refusal;
type Outer = Extract<DpEvent, { readonly type: 'poisson-sampled' | 'fixed-size-sampled' }>;

/** Where noise is so little that a sample is priced as the whole: epsilon is in the thousands with either. */
const leastSampledGaussian = 0.01;
const leastSampledLaplace = 1e-4;
/** More noise than this, or sampling rarer than its inverse, is priced as this. */
const mostNoise = 1e30;
/** Discrete Gaussians with a larger sigma have more atoms than are worth counting one by one. */
const mostAtoms = 1000;
/** ln of the factor that rounding a Gaussian to integers may be off by, for all coordinates of a release together. */
const integerGap = 1e-12;

/** What a release that is neither `none` nor a composition is, or why nothing is proved of it. Never throws. */
export function releaseOf(event: DpEvent, adjacency: Adjacency): Release | Refusal {
  switch (event.type) {
    case 'non-private':
      return { kind: 'exposed' };
    case 'poisson-sampled':
    case 'fixed-size-sampled': {
      const rate = samplingRate(event, adjacency);
      if (typeof rate !== 'number') return rate;
      if (!isEvent(event.event)) return { refused: `its event is ${String(event.event)}` };
      const inner = unsampled(event.event);
      if (typeof inner === 'object' && 'refused' in inner)
        return { refused: `of the ${event.event.type} event on the sample: ${inner.refused}` };
      if (rate === 0) return { kind: 'free' };
      const kind = event.type === 'poisson-sampled' ? 'poisson' : 'fixed-size';
      return release(inner, rate === 1 ? { kind: 'all' } : { kind, rate: Math.max(rate, 1 / mostNoise) });
    }
    default:
      return release(unsampled(event), { kind: 'all' });
  }
}

function release(inner: Inner, sampling: Sampling): Release | Refusal {
  if (inner === 'free' || inner === 'exposed') return { kind: inner };
  if ('refused' in inner) return inner;
  return { kind: 'private', ...inner, sampling: hasLittleNoise(inner.pair) ? { kind: 'all' } : sampling };
}

function hasLittleNoise(pair: LossPair): boolean {
  if (pair.noise === 'gaussian') return pair.mu > 1 / leastSampledGaussian;
  return pair.noise === 'laplace' && pair.shift > 1 / leastSampledLaplace;
}

/** The noise does not depend on the adjacency: its multiplier is relative to the sensitivity of that. */
function unsampled(event: DpEvent): Inner {
  switch (event.type) {
    case 'gaussian':
    case 'laplace': {
      const { type, noiseMultiplier } = event;
      if (!isNoiseMultiplier(noiseMultiplier)) return { refused: `noiseMultiplier is ${noiseMultiplier}` };
      const ratio = 1 / Math.min(noiseMultiplier, mostNoise);
      if (!isFinite(ratio * ratio)) return 'exposed';
      return { pair: type === 'gaussian' ? { noise: type, mu: ratio } : { noise: type, shift: ratio }, gap: 0 };
    }
    case 'discrete-gaussian':
      return discreteGaussian(event.sigma, event.sensitivity);
    default:
      return {
        refused:
          'it knows gaussian, laplace and discrete-gaussian releases, each also on a sample, and non-private ones',
      };
  }
}

/**
 * Integers can't move by less than one. Where the sensitivity is below sqrt(2) one coordinate at most moves, by one, and
 * the loss has one law. Otherwise which move is the worst depends on epsilon, and the Gaussian is used, for any vector:
 *
 * A Gaussian of variance sigma^2 - s^2, rounded at random to the integer n with weights e^(-(n - x)^2 / (2 s^2)), gives
 * each integer a probability within a factor e^t of the discrete Gaussian's, t = 2 artanh(k), as by Poisson summation the
 * sum of the weights varies by no more than a factor 1 +- k with k = 2.0001 e^(-2 pi^2 s^2) for s >= 1/2. At most
 * sensitivity^2 coordinates move, so all of a release's probabilities are within e^gap, gap = sensitivity^2 t. Rounding
 * is post-processing: the loss is that of the Gaussian, but for the gap.
 */
function discreteGaussian(sigma: number, sensitivity: number): Inner {
  if (!isNoiseMultiplier(sigma)) return { refused: `sigma is ${sigma}` };
  if (!(Number.isFinite(sensitivity) && sensitivity > 0)) return { refused: `sensitivity is ${sensitivity}` };
  if (!isFinite(1 / (sigma * sigma))) return 'exposed';
  const moving = Math.max(1, Math.floor(sensitivity * sensitivity));
  if (moving === 1 && sigma <= mostAtoms) return { pair: { noise: 'discrete-gaussian', sigma }, gap: 0 };
  const rounding = Math.log((4.001 * moving) / integerGap) / (2 * Math.PI ** 2);
  const variance = sigma * sigma - rounding;
  if (!(variance > 0))
    return {
      refused:
        `for integers that move by more than one (sensitivity ${sensitivity}) it needs sigma above ` +
        `${Math.sqrt(rounding).toFixed(2)}, not ${sigma}; scale the integers up`,
    };
  const mu = Math.max(1, sensitivity) / Math.min(mostNoise, Math.sqrt(variance));
  return { pair: { noise: 'gaussian', mu: Math.max(mu, 1 / mostNoise) }, gap: integerGap };
}

function samplingRate(event: Outer, adjacency: Adjacency): number | Refusal {
  if (event.type === 'poisson-sampled') {
    if (adjacency !== 'add-or-remove-one')
      return {
        refused:
          'amplification by Poisson sampling is proved here for add-or-remove-one alone; under replace-one it needs ' +
          'a sensitivity to removal as well, which the event does not give',
      };
    const { samplingProbability: rate } = event;
    return rate >= 0 && rate <= 1 ? rate : { refused: `samplingProbability is ${rate}` };
  }
  if (adjacency !== 'replace-one')
    return {
      refused:
        'sampling without replacement is proved here for replace-one alone; a record more or less changes the population',
    };
  const { size, population } = event;
  if (!(Number.isSafeInteger(population) && population >= 1)) return { refused: `population is ${population}` };
  if (!(Number.isSafeInteger(size) && size >= 0 && size <= population))
    return { refused: `size is ${size} of a population of ${population}` };
  return size / population;
}
