import type { AccountantFactory, DpEvent } from '@fedward/core';
import { additiveAccountant, isNoiseMultiplier, type Price, type Pricing } from './additive-accountant.js';
import { gaussianEpsilon } from './gaussian-profile.js';

function price(release: DpEvent): Price {
  switch (release.type) {
    case 'non-private':
      return { cost: [Infinity] };
    case 'gaussian':
      return isNoiseMultiplier(release.noiseMultiplier)
        ? { cost: [1 / release.noiseMultiplier ** 2] }
        : { refused: `noiseMultiplier is ${release.noiseMultiplier}` };
    case 'poisson-sampled':
    case 'fixed-size-sampled':
      return { refused: 'it is exact for unsampled Gaussian releases and knows no amplification by sampling' };
    case 'discrete-gaussian':
      return { refused: 'it is exact for the continuous Gaussian; the profile of the discrete one is another' };
    default:
      return { refused: 'it knows unsampled gaussian and non-private releases' };
  }
}

const pricing: Pricing = {
  name: 'gaussian',
  size: 1,
  price,
  epsilon: ([muSquared], delta) => gaussianEpsilon(Math.sqrt(muSquared!), delta),
};

/**
 * The exact epsilon of Gaussian releases without sampling, under either adjacency. Adaptive releases with noise
 * multipliers z_i are together exactly as private as one with 1/z^2 = mu^2 = sum 1/z_i^2 (Dong, Roth and Su 2022,
 * corollary 2), whose profile is known (see `gaussianEpsilon`): no smaller epsilon holds.
 */
export function gaussianAccountant(): AccountantFactory {
  return (adjacency) => additiveAccountant(pricing, adjacency);
}
