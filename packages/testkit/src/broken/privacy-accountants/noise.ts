import type { AccountantFactory, DpEvent } from '@fedward/core';
import type { Broken } from '../expect.js';
import { using, Zcdp } from './reference.js';

/** Noise other than the continuous Gaussian, and samples. */
export const brokenNoise: Record<string, Broken<AccountantFactory>> = {
  'takes the standard deviation of Laplace noise for its scale': {
    create: using(
      class extends Zcdp {
        protected override purePrice(event: DpEvent): number {
          return event.type === 'laplace' ? Math.SQRT1_2 / event.noiseMultiplier : super.purePrice(event);
        }
      },
    ),
    fails: [
      'a Laplace release never costs less than it truly does',
      'a Laplace release on a Poisson sample never costs less than it truly does',
    ],
  },

  'multiplies the pure epsilon of Laplace by the sampling probability': {
    create: using(
      class extends Zcdp {
        protected override purePrice(event: DpEvent): number {
          const price = super.purePrice(event);
          return event.type === 'poisson-sampled' ? event.samplingProbability * price : price;
        }
      },
    ),
    fails: ['a Laplace release on a Poisson sample never costs less than it truly does'],
  },

  'prices Laplace as a Gaussian of the same multiplier, with no end': {
    create: using(
      class extends Zcdp {
        protected override purePrice(event: DpEvent): number {
          return event.type === 'none' ? 0 : Number.POSITIVE_INFINITY;
        }
      },
    ),
    fails: ['n Laplace releases never cost more than n times the pure epsilon of one'],
  },

  'forgets the sensitivity of the discrete Gaussian': {
    create: using(
      class extends Zcdp {
        protected override price(event: DpEvent): number {
          return event.type === 'discrete-gaussian' ? 1 / (2 * event.sigma ** 2) : super.price(event);
        }
      },
    ),
    fails: ['a discrete Gaussian release never costs less than it truly does'],
  },

  'charges for the drawing of a sample': {
    create: using(
      class extends Zcdp {
        protected override price(event: DpEvent): number {
          const price = super.price(event);
          return event.type === 'poisson-sampled' ? 1.5 * price : price;
        }
      },
    ),
    fails: [
      'a release on a sample never costs more than on all records',
      'a sample of everybody costs what the release itself costs',
    ],
  },

  'lets a sample of everybody still amplify': {
    create: using(
      class extends Zcdp {
        protected override price(event: DpEvent): number {
          const price = super.price(event);
          return event.type === 'fixed-size-sampled' && event.size === event.population ? 0.98 * price : price;
        }
      },
    ),
    fails: ['a sample of everybody costs what the release itself costs'],
  },

  'amplifies a sample of fixed size by the square of the ratio': {
    create: using(
      class extends Zcdp {
        protected override price(event: DpEvent): number {
          const price = super.price(event);
          return event.type === 'fixed-size-sampled' ? (event.size / event.population) ** 2 * price : price;
        }
      },
    ),
    fails: ['a Gaussian on a sample of fixed size never costs less than it truly does'],
  },

  'takes any number for a size': {
    create: using(
      class extends Zcdp {
        protected override supports(event: DpEvent): boolean {
          return event.type === 'fixed-size-sampled' ? this.supports(event.event) : super.supports(event);
        }
      },
    ),
    fails: ['numbers out of range are refused'],
  },
};
