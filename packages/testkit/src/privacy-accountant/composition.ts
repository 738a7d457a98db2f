import assert from 'node:assert/strict';
import type { AccountantFactory, Adjacency, DpEvent, PrivacyAccountant } from '@fedward/core';
import { assertClose, assertSame } from '../support/assertions.js';
import { assertIsEvent } from '../support/events.js';
import type { Checks } from '../suite.js';

export interface Given {
  readonly create: AccountantFactory;
  readonly adjacencies: readonly Adjacency[];
  readonly supported: readonly DpEvent[];
}

export const deltas = [1e-3, 1e-5, 1e-8] as const;

/** Accountants that work on a grid, or between orders, agree with themselves up to this. */
export const numerics = { relative: 2e-3, absolute: 1e-6 };

export function spend(
  create: AccountantFactory,
  adjacency: Adjacency,
  ...events: readonly DpEvent[]
): PrivacyAccountant {
  const accountant = create(adjacency);
  for (const event of events) accountant.compose(event);
  return accountant;
}

/** True where it has a price for all of the event. */
export const prices = (accountant: PrivacyAccountant, event: DpEvent): boolean =>
  accountant.unpriced(event) === undefined;

export const say = (event: DpEvent): string => JSON.stringify(event);

/** How prices add up. */
export function compositionChecks({ create, adjacencies, supported }: Given): Checks {
  /** Runs a check for every adjacency and event; `next` is the event after it in the list. */
  const each = (check: (adjacency: Adjacency, event: DpEvent, next: DpEvent) => void) => (): void => {
    for (const adjacency of adjacencies)
      for (let i = 0; i < supported.length; i++) {
        const [event, next] = structuredClone([supported[i]!, supported[(i + 1) % supported.length]!] as const);
        check(adjacency, event, next); // clones: an accountant that writes to one spoils its own check alone
      }
  };
  const price = (adjacency: Adjacency, delta: number, ...events: readonly DpEvent[]): number =>
    spend(create, adjacency, ...events).epsilon(delta);

  return {
    'it has a name and the adjacency that it was asked for'() {
      for (const adjacency of adjacencies) {
        const accountant = create(adjacency);
        assert.ok(accountant.name.trim() !== '', 'the name is empty');
        assert.equal(accountant.adjacency, adjacency, 'the adjacency is another');
      }
    },

    'nothing costs nothing'() {
      for (const adjacency of adjacencies)
        for (const delta of deltas) {
          assert.equal(price(adjacency, delta), 0, `epsilon of a new accountant at delta ${delta}`);
          assert.equal(price(adjacency, delta, { type: 'none' }), 0, `epsilon of the event none at delta ${delta}`);
        }
    },

    'a supported event has a finite price above zero': each((adjacency, event) => {
      assert.ok(prices(create(adjacency), event), `${say(event)} is not supported under ${adjacency}`);
      for (const delta of deltas) {
        const epsilon = price(adjacency, delta, event);
        assert.ok(Number.isFinite(epsilon) && epsilon >= 0, `${say(event)} costs ${epsilon} at delta ${delta}`);
      }
      assert.ok(price(adjacency, 1e-8, event) > 0, `${say(event)} costs nothing at delta 1e-8`);
    }),

    'a smaller delta never costs less': each((adjacency, event) => {
      const accountant = spend(create, adjacency, event);
      let before = 0;
      for (const delta of [0.5, 1e-1, 1e-2, ...deltas, 1e-12]) {
        const epsilon = accountant.epsilon(delta);
        assert.ok(
          epsilon >= before * (1 - 1e-9),
          `${say(event)} costs ${epsilon} at delta ${delta}, ${before} at a larger one`,
        );
        before = epsilon;
      }
    }),

    'one more event never costs less': each((adjacency, event, next) => {
      for (const delta of deltas) {
        const [one, two, three] = [[event], [event, next], [event, next, event]].map((e) =>
          price(adjacency, delta, ...e),
        );
        assert.ok(two! >= one! * (1 - 1e-9), `${say(event)} costs ${one}, with ${say(next)} after it ${two}`);
        assert.ok(three! >= two! * (1 - 1e-9), `with ${say(event)} once more it costs ${three}, before that ${two}`);
      }
    }),

    'the order of events changes nothing': each((adjacency, event, next) => {
      for (const delta of deltas)
        assertClose(
          price(adjacency, delta, next, event),
          price(adjacency, delta, event, next),
          `${say(next)}, ${say(event)} against the other order`,
          numerics,
        );
    }),

    'repeated n times costs what n times costs': each((adjacency, event) => {
      for (const delta of deltas)
        assertClose(
          price(adjacency, delta, { type: 'repeated', event, count: 3 }),
          price(adjacency, delta, event, event, event),
          `${say(event)}, repeated three times`,
          numerics,
        );
    }),

    'a composed event costs what its parts cost': each((adjacency, event, next) => {
      const inner: DpEvent = { type: 'composed', events: [next, { type: 'none' }] };
      for (const delta of deltas)
        assertClose(
          price(adjacency, delta, { type: 'composed', events: [event, inner] }),
          price(adjacency, delta, event, next),
          `${say(event)} and ${say(next)} as one event`,
          numerics,
        );
    }),

    'a preview is what composing then costs': each((adjacency, event, next) => {
      const accountant = spend(create, adjacency, event);
      for (const delta of deltas)
        assertClose(accountant.preview(next, delta), price(adjacency, delta, event, next), `preview of ${say(next)}`, {
          relative: 1e-9,
        });
    }),

    'a preview changes nothing': each((adjacency, event, next) => {
      const accountant = spend(create, adjacency, event);
      const before = { composed: structuredClone(accountant.composed), epsilon: accountant.epsilon(1e-5) };
      accountant.preview(next, 1e-5);
      accountant.unpriced(next);
      assertSame(
        { composed: accountant.composed, epsilon: accountant.epsilon(1e-5) },
        before,
        'the accountant after a preview',
      );
    }),

    'what it has composed, composed again, costs the same': each((adjacency, event, next) => {
      const accountant = spend(create, adjacency, event, next, event);
      assertIsEvent(accountant.composed, 'what it has composed');
      const stored = JSON.parse(JSON.stringify(accountant.composed)) as DpEvent;
      for (const delta of deltas)
        assertClose(
          price(adjacency, delta, stored),
          accountant.epsilon(delta),
          `${say(stored)}, composed again`,
          numerics,
        );
    }),

    'two accountants do not mix': each((adjacency, event) => {
      const [used, unused] = [create(adjacency), create(adjacency)];
      used.compose(event);
      assert.equal(unused.epsilon(1e-5), 0, 'an accountant has paid for what another composed');
    }),

    'an event is left as it was': each((adjacency, event) => {
      const before = structuredClone(event);
      const accountant = spend(create, adjacency, event);
      accountant.preview(event, 1e-5);
      accountant.epsilon(1e-5);
      assertSame(event, before, 'the event');
    }),
  };
}
