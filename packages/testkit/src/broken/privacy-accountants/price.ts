import type { AccountantFactory, DpEvent } from '@fedward/core';
import type { Broken } from '../expect.js';
import { using, Zcdp } from './reference.js';

/** What one event costs. */
export const brokenPrices: Record<string, Broken<AccountantFactory>> = {
  'prices everything at nothing': {
    create: using(
      class extends Zcdp {
        protected override price(): number {
          return 0;
        }
      },
    ),
    fails: [
      'a supported event has a finite price above zero',
      'a Gaussian never costs less than it truly does',
      'n Gaussians never cost less than they truly do',
      'Gaussians of different noise never cost less than they truly do',
      'a Gaussian on a Poisson sample never costs less than it truly does',
      'Gaussians on Poisson samples never cost less than they truly do',
      'a Laplace release never costs less than it truly does',
      'a Laplace release on a Poisson sample never costs less than it truly does',
      'a discrete Gaussian release never costs less than it truly does',
      'a Gaussian on a sample of fixed size never costs less than it truly does',
    ],
  },

  'reads the multiplier as a variance': {
    create: using(
      class extends Zcdp {
        protected override price(event: DpEvent): number {
          return event.type === 'gaussian' ? 1 / (2 * event.noiseMultiplier) : super.price(event);
        }
      },
    ),
    fails: [
      'a Gaussian never costs less than it truly does',
      'Gaussians of different noise never cost less than they truly do',
      'a Gaussian on a Poisson sample never costs less than it truly does',
      'a Gaussian on a sample of fixed size never costs less than it truly does',
    ],
  },

  'has the classical Gaussian bound above epsilon 1': {
    create: using(
      class extends Zcdp {
        protected override convert(rho: number, delta: number): number {
          super.convert(rho, delta);
          return Math.sqrt(2 * rho) * Math.sqrt(2 * Math.log(1.25 / delta));
        }
      },
    ),
    fails: [
      'a Gaussian never costs less than it truly does',
      'a Gaussian on a Poisson sample never costs less than it truly does',
      'a discrete Gaussian release never costs less than it truly does',
      'a Gaussian on a sample of fixed size never costs less than it truly does',
    ],
  },

  'multiplies by the square of the sampling probability': {
    create: using(
      class extends Zcdp {
        protected override price(event: DpEvent): number {
          return event.type === 'poisson-sampled'
            ? event.samplingProbability ** 2 * this.price(event.event)
            : super.price(event);
        }
      },
    ),
    fails: [
      'a Gaussian on a Poisson sample never costs less than it truly does',
      'Gaussians on Poisson samples never cost less than they truly do',
      'a Laplace release on a Poisson sample never costs less than it truly does',
    ],
  },

  'charges a fee for every account': {
    create: using(
      class extends Zcdp {
        protected override convert(rho: number, delta: number): number {
          return super.convert(rho, delta) + 0.01;
        }
      },
    ),
    fails: ['nothing costs nothing', 'two accountants do not mix'],
  },

  'gives no price above 10': {
    create: using(
      class extends Zcdp {
        override epsilon(delta: number): number {
          const epsilon = super.epsilon(delta);
          return epsilon > 10 ? Number.NaN : epsilon;
        }
      },
    ),
    fails: [
      'one more event never costs less',
      'a Gaussian never costs less than it truly does',
      'n Gaussians never cost less than they truly do',
      'a Gaussian on a Poisson sample never costs less than it truly does',
      'a discrete Gaussian release never costs less than it truly does',
      'a release on a sample never costs more than on all records',
      'a Gaussian on a sample of fixed size never costs less than it truly does',
    ],
  },

  'takes delta the wrong way round': {
    create: using(
      class extends Zcdp {
        protected override convert(rho: number, delta: number): number {
          super.convert(rho, delta);
          return rho * (1 + delta) + 20 * Math.sqrt(rho);
        }
      },
    ),
    fails: ['a smaller delta never costs less'],
  },

  'has no finite price for a sample': {
    create: using(
      class extends Zcdp {
        protected override price(event: DpEvent): number {
          return event.type === 'poisson-sampled' ? Number.POSITIVE_INFINITY : super.price(event);
        }
      },
    ),
    fails: [
      'a supported event has a finite price above zero',
      'a release on a sample never costs more than on all records',
      'a sample of everybody costs what the release itself costs',
    ],
  },

  'refunds what small noise costs': {
    create: using(
      class extends Zcdp {
        protected override price(event: DpEvent): number {
          return event.type === 'gaussian' && event.noiseMultiplier > 2 ? -0.001 : super.price(event);
        }
        protected override convert(rho: number, delta: number): number {
          return super.convert(Math.max(rho, 1e-9), delta);
        }
      },
    ),
    fails: [
      'nothing costs nothing',
      'one more event never costs less',
      'two accountants do not mix',
      'a Gaussian never costs less than it truly does',
      'n Gaussians never cost less than they truly do',
      'Gaussians of different noise never cost less than they truly do',
      'a Gaussian on a Poisson sample never costs less than it truly does',
      'a Gaussian on a sample of fixed size never costs less than it truly does',
    ],
  },
};
