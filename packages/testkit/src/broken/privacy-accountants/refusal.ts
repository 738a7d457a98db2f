import { composeEvents, FedwardError, type AccountantFactory, type DpEvent, type Unpriced } from '@fedward/core';
import type { Broken } from '../expect.js';
import { noPrice, using, Zcdp } from './reference.js';

/** What is refused, and when. */
export const brokenRefusals: Record<string, Broken<AccountantFactory>> = {
  'composes the parts before the one that it can not price': {
    create: using(
      class extends Zcdp {
        override compose(event: DpEvent): void {
          if (event.type === 'composed') event.events.forEach((part) => this.compose(part));
          else super.compose(event);
        }
      },
    ),
    fails: ['an event with an unsupported part is refused whole', 'an event that no accountant can know is refused'],
  },

  'pays for the supported parts, and skips the others': {
    create: using(
      class extends Zcdp {
        protected override supports(event: DpEvent): boolean {
          return event.type === 'composed' ? event.events.some((part) => this.supports(part)) : super.supports(event);
        }
      },
    ),
    fails: [
      'it names the part that it can not price, and says why',
      'an event with an unsupported part is refused whole',
      'an event that no accountant can know is refused',
      'what is not private has no finite price',
    ],
  },

  'looks at the outside of an event alone': {
    create: using(
      class extends Zcdp {
        protected override supports(event: DpEvent): boolean {
          return event.type === 'composed' || event.type === 'repeated' || super.supports(event);
        }
      },
    ),
    fails: [
      'it names the part that it can not price, and says why',
      'an event with an unsupported part is refused whole',
      'an event that no accountant can know is refused',
      'what is not private has no finite price',
      'numbers out of range are refused',
    ],
  },

  'writes down what it then refuses': {
    create: using(
      class extends Zcdp {
        override compose(event: DpEvent): void {
          const before = this.spent;
          this.spent = composeEvents(before, event);
          this.assertSupported(event);
          this.spent = before;
          super.compose(event);
        }
      },
    ),
    fails: [
      'an unsupported event is refused, and nothing has changed',
      'an event with an unsupported part is refused whole',
      'an event that no accountant can know is refused',
    ],
  },

  'says that it can price everything': {
    create: using(
      class extends Zcdp {
        protected override supports(): boolean {
          return true;
        }
        protected override assertSupported(event: DpEvent): void {
          if (!super.supports(event)) throw new FedwardError('EVENT_UNSUPPORTED', noPrice);
        }
      },
    ),
    fails: [
      'it names the part that it can not price, and says why',
      'an unsupported event is refused, and nothing has changed',
      'an event with an unsupported part is refused whole',
      'an event that no accountant can know is refused',
      'what is not private has no finite price',
      'no noise has no finite price',
      'a Gaussian on a sample of fixed size never costs less than it truly does',
    ],
  },

  'says that it can price nothing': {
    create: using(
      class extends Zcdp {
        protected override supports(event: DpEvent): boolean {
          return event.type === 'none';
        }
        protected override assertSupported(event: DpEvent): void {
          if (!super.supports(event)) throw new FedwardError('EVENT_UNSUPPORTED', noPrice);
        }
      },
    ),
    fails: [
      'it names the part that it can not price, and says why',
      'a supported event has a finite price above zero',
      'a smaller delta never costs less',
      'one more event never costs less',
      'the order of events changes nothing',
      'repeated n times costs what n times costs',
      'a composed event costs what its parts cost',
      'a preview is what composing then costs',
      'a preview changes nothing',
      'what it has composed, composed again, costs the same',
      'two accountants do not mix',
      'an event is left as it was',
    ],
  },

  'previews what it can not price': {
    create: using(
      class extends Zcdp {
        override preview(event: DpEvent, delta: number): number {
          return this.convert(this.rho + this.price(event), delta);
        }
      },
    ),
    fails: [
      'a refusal says what unpriced() says',
      'an unsupported event is refused, and nothing has changed',
      'an event with an unsupported part is refused whole',
      'an event that no accountant can know is refused',
    ],
  },

  'throws an error without a code': {
    create: using(
      class extends Zcdp {
        protected override assertSupported(event: DpEvent): void {
          if (!this.supports(event)) throw new TypeError('unsupported');
        }
      },
    ),
    fails: [
      'a refusal says what unpriced() says',
      'an unsupported event is refused, and nothing has changed',
      'an event with an unsupported part is refused whole',
      'an event that no accountant can know is refused',
      'numbers out of range are refused',
    ],
  },

  'takes any delta': {
    create: using(
      class extends Zcdp {
        protected override convert(rho: number, delta: number): number {
          return rho + 2 * Math.sqrt(rho * Math.max(0, Math.log(1 / (delta || 1e-12))));
        }
      },
    ),
    fails: ['a delta outside of (0, 1) is refused'],
  },

  'takes any noise multiplier': {
    create: using(
      class extends Zcdp {
        protected override supports(event: DpEvent): boolean {
          return event.type === 'gaussian' || super.supports(event);
        }
      },
    ),
    fails: [
      'it names the part that it can not price, and says why',
      'a refusal says what unpriced() says',
      'an unsupported event is refused, and nothing has changed',
      'an event with an unsupported part is refused whole',
      'numbers out of range are refused',
    ],
  },

  'prices what has no protection at nothing': {
    create: using(
      class extends Zcdp {
        protected override supports(event: DpEvent): boolean {
          if (event.type === 'composed') return event.events.every((part) => this.supports(part));
          return event.type === 'non-private' || super.supports(event);
        }
      },
    ),
    fails: [
      'it names the part that it can not price, and says why',
      'a refusal says what unpriced() says',
      'an unsupported event is refused, and nothing has changed',
      'an event with an unsupported part is refused whole',
      'what is not private has no finite price',
    ],
  },

  'prices no noise at nothing': {
    create: using(
      class extends Zcdp {
        protected override supports(event: DpEvent): boolean {
          return (event.type === 'gaussian' && event.noiseMultiplier === 0) || super.supports(event);
        }
        protected override price(event: DpEvent): number {
          return event.type === 'gaussian' && event.noiseMultiplier === 0 ? 0 : super.price(event);
        }
      },
    ),
    fails: [
      'it names the part that it can not price, and says why',
      'a refusal says what unpriced() says',
      'an unsupported event is refused, and nothing has changed',
      'an event with an unsupported part is refused whole',
      'no noise has no finite price',
    ],
  },

  'names the whole for the part that it can not price': {
    create: using(
      class extends Zcdp {
        override unpriced(event: DpEvent): Unpriced | undefined {
          return this.supports(event) ? undefined : { part: event, reason: noPrice };
        }
      },
    ),
    fails: ['it names the part that it can not price, and says why'],
  },

  'names a part that is not in the event': {
    create: using(
      class extends Zcdp {
        override unpriced(event: DpEvent): Unpriced | undefined {
          return super.unpriced(event) && { part: { type: 'non-private', reason: 'something' }, reason: noPrice };
        }
      },
    ),
    fails: ['it names the part that it can not price, and says why'],
  },

  'does not say why': {
    create: using(
      class extends Zcdp {
        override unpriced(event: DpEvent): Unpriced | undefined {
          const unpriced = super.unpriced(event);
          return unpriced && { ...unpriced, reason: ' ' };
        }
      },
    ),
    fails: ['it names the part that it can not price, and says why'],
  },

  'refuses for another reason than it tells': {
    create: using(
      class extends Zcdp {
        protected override assertSupported(event: DpEvent): void {
          if (!this.supports(event)) throw new FedwardError('EVENT_UNSUPPORTED', 'no');
        }
      },
    ),
    fails: ['a refusal says what unpriced() says'],
  },
};
