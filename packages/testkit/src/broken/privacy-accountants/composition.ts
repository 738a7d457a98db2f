import type { AccountantFactory, DpEvent } from '@fedward/core';
import type { Broken } from '../expect.js';
import { using, Zcdp } from './reference.js';

/** How prices add up. */
export const brokenCompositions: Record<string, Broken<AccountantFactory>> = {
  'composes what it previews': {
    create: using(
      class extends Zcdp {
        override preview(event: DpEvent, delta: number): number {
          this.compose(event);
          return this.epsilon(delta);
        }
      },
    ),
    fails: ['a preview is what composing then costs', 'a preview changes nothing'],
  },

  'previews an event as if it were the first': {
    create: using(
      class extends Zcdp {
        override preview(event: DpEvent, delta: number): number {
          return super.preview(event, delta) - this.epsilon(delta);
        }
      },
    ),
    fails: ['a preview is what composing then costs'],
  },

  'prices a repeated event once': {
    create: using(
      class extends Zcdp {
        protected override price(event: DpEvent): number {
          return super.price(event.type === 'repeated' ? event.event : event);
        }
      },
    ),
    fails: [
      'repeated n times costs what n times costs',
      'what it has composed, composed again, costs the same',
      'n Gaussians never cost less than they truly do',
      'Gaussians on Poisson samples never cost less than they truly do',
    ],
  },

  'keeps the largest price of a composition': {
    create: using(
      class extends Zcdp {
        override compose(event: DpEvent): void {
          const before = this.rho;
          super.compose(event);
          this.rho = Math.max(before, this.rho - before);
        }
      },
    ),
    fails: [
      'repeated n times costs what n times costs',
      'a composed event costs what its parts cost',
      'a preview is what composing then costs',
      'what it has composed, composed again, costs the same',
      'n Gaussians never cost less than they truly do',
      'Gaussians of different noise never cost less than they truly do',
    ],
  },

  'has one purse for all': {
    create: () => {
      const purse = { rho: 0 };
      return (adjacency) =>
        new (class extends Zcdp {
          override compose(event: DpEvent): void {
            super.compose(event);
            purse.rho += this.price(event);
          }
          override epsilon(delta: number): number {
            return this.convert(purse.rho, delta);
          }
          override preview(event: DpEvent, delta: number): number {
            this.assertSupported(event);
            return this.convert(purse.rho + this.price(event), delta);
          }
        })(adjacency);
    },
    fails: [
      'the order of events changes nothing',
      'repeated n times costs what n times costs',
      'a composed event costs what its parts cost',
      'a preview is what composing then costs',
      'two accountants do not mix',
      'n Laplace releases never cost more than n times the pure epsilon of one',
      'a sample of everybody costs what the release itself costs',
    ],
  },

  'loses repetitions in what it has composed': {
    create: using(
      class extends Zcdp {
        override get composed(): DpEvent {
          const strip = (event: DpEvent): DpEvent =>
            event.type === 'repeated'
              ? event.event
              : event.type === 'composed'
                ? { type: 'composed', events: [...new Set(event.events.map(strip))] }
                : event;
          return strip(this.spent);
        }
      },
    ),
    fails: ['what it has composed, composed again, costs the same'],
  },

  'has no name': {
    create: using(
      class extends Zcdp {
        override readonly name = ' ';
      },
    ),
    fails: ['it has a name and the adjacency that it was asked for'],
  },

  'has one adjacency for all': {
    create: () => () => new Zcdp('replace-one'),
    fails: ['it has a name and the adjacency that it was asked for'],
  },

  'discounts whatever comes later': {
    create: using(
      class extends Zcdp {
        private events = 0;
        override compose(event: DpEvent): void {
          const before = this.rho;
          super.compose(event);
          this.rho = before + (this.rho - before) / ++this.events;
        }
        override preview(event: DpEvent, delta: number): number {
          this.assertSupported(event);
          return this.convert(this.rho + this.price(event) / (this.events + 1), delta);
        }
      },
    ),
    fails: [
      'the order of events changes nothing',
      'repeated n times costs what n times costs',
      'a composed event costs what its parts cost',
      'what it has composed, composed again, costs the same',
      'n Gaussians never cost less than they truly do',
    ],
  },

  'rounds the event that it is given': {
    create: using(
      class extends Zcdp {
        override compose(event: DpEvent): void {
          super.compose(event);
          if (event.type === 'poisson-sampled') Object.assign(event, { samplingProbability: 1 });
        }
      },
    ),
    fails: ['an event is left as it was'],
  },
};
