import type { Adjacency, DpEvent } from '@fedward/core';
import { isNoiseMultiplier } from './additive-accountant.js';
import { isEvent } from './unpriced.js';
import { discreteGaussianRdp } from './discrete-gaussian-rdp.js';
import { fixedSizeSampledRdp } from './fixed-size-sampled-rdp.js';
import { laplaceRdp } from './laplace-rdp.js';
import { poissonSampledRdp } from './poisson-sampled-rdp.js';
import { gaussianRdp, sampledGaussianRdp } from './sampled-gaussian-rdp.js';

/** Upper bound of a release's Renyi divergence (nats) at an order > 1; Infinity, for pure privacy, is an order. */
export type RdpCurve = (order: number) => number;

type Refusal = { readonly refused: string };
type SampledEvent = Extract<DpEvent, { readonly type: 'poisson-sampled' | 'fixed-size-sampled' }>;

/**
 * The Renyi divergences of one release, or why none are proved. An event that is `none`, composed or repeated is
 * refused, the first two being no release; so is every number that is out of range.
 */
export function rdpCurve(release: DpEvent, adjacency: Adjacency): RdpCurve | Refusal {
  switch (release.type) {
    case 'non-private':
      return () => Infinity;
    case 'poisson-sampled':
    case 'fixed-size-sampled':
      return sampledCurve(release, adjacency);
    default:
      return unsampledCurve(release);
  }
}

/** The noise does not depend on the adjacency: its multiplier is relative to the sensitivity of that. */
function unsampledCurve(release: DpEvent): RdpCurve | Refusal {
  switch (release.type) {
    case 'gaussian':
    case 'laplace': {
      const { type, noiseMultiplier } = release;
      if (!isNoiseMultiplier(noiseMultiplier)) return { refused: `noiseMultiplier is ${noiseMultiplier}` };
      const divergence = type === 'gaussian' ? gaussianRdp : laplaceRdp;
      return (order) => divergence(order, noiseMultiplier);
    }
    case 'discrete-gaussian': {
      const { sigma, sensitivity } = release;
      if (!isNoiseMultiplier(sigma)) return { refused: `sigma is ${sigma}` };
      if (!(Number.isFinite(sensitivity) && sensitivity > 0)) return { refused: `sensitivity is ${sensitivity}` };
      return (order) => discreteGaussianRdp(order, sigma, sensitivity);
    }
    default:
      return {
        refused:
          'it knows gaussian, laplace and discrete-gaussian releases, each also on a sample, and non-private ones',
      };
  }
}

function sampledCurve(release: SampledEvent, adjacency: Adjacency): RdpCurve | Refusal {
  if (!isEvent(release.event)) return { refused: `its event is ${String(release.event)}` };
  const inner = unsampledCurve(release.event);
  if (typeof inner !== 'function')
    return { refused: `of the ${release.event.type} event on the sample: ${inner.refused}` };
  return release.type === 'poisson-sampled'
    ? poissonCurve(release, inner, adjacency)
    : fixedSizeCurve(release, inner, adjacency);
}

function poissonCurve(
  { samplingProbability, event }: Extract<SampledEvent, { readonly type: 'poisson-sampled' }>,
  inner: RdpCurve,
  adjacency: Adjacency,
): RdpCurve | Refusal {
  if (adjacency !== 'add-or-remove-one')
    return {
      refused:
        'amplification by Poisson sampling is proved here for add-or-remove-one alone; under replace-one it needs ' +
        'a sensitivity to removal as well, which the event does not give',
    };
  if (!(samplingProbability >= 0 && samplingProbability <= 1))
    return { refused: `samplingProbability is ${samplingProbability}` };
  if (event.type === 'gaussian')
    return (order) => sampledGaussianRdp(order, samplingProbability, event.noiseMultiplier);
  return (order) => poissonSampledRdp(order, samplingProbability, inner);
}

function fixedSizeCurve(
  { size, population }: Extract<SampledEvent, { readonly type: 'fixed-size-sampled' }>,
  inner: RdpCurve,
  adjacency: Adjacency,
): RdpCurve | Refusal {
  if (adjacency !== 'replace-one')
    return {
      refused:
        'sampling without replacement is proved here for replace-one alone; a record more or less changes the population',
    };
  if (!(Number.isSafeInteger(population) && population >= 1)) return { refused: `population is ${population}` };
  if (!(Number.isSafeInteger(size) && size >= 0 && size <= population))
    return { refused: `size is ${size} of a population of ${population}` };
  return (order) => fixedSizeSampledRdp(order, size, population, inner);
}
