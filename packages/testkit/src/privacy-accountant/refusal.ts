import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { DpEvent, PrivacyAccountant } from '@fedward/core';
import { assertSame, refuses } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import { prices, say, spend, type Given } from './composition.js';

/** What can't be priced is refused whole, before anything has changed. */
export function refusalChecks(given: Given & { readonly unsupported: readonly DpEvent[] }): Checks {
  const { create, adjacencies, unsupported } = given;
  const good = structuredClone(given.supported[0]!);

  const stays = async (accountant: PrivacyAccountant, event: DpEvent, what: string): Promise<void> => {
    const before = { composed: structuredClone(accountant.composed), epsilon: accountant.epsilon(1e-5) };
    assert.ok(!prices(accountant, event), `${what}: unpriced() says that it can be priced`);
    await refuses('EVENT_UNSUPPORTED', `preview of ${what}`, () => accountant.preview(event, 1e-5));
    await refuses('EVENT_UNSUPPORTED', `compose of ${what}`, () => accountant.compose(event));
    const after = { composed: accountant.composed, epsilon: accountant.epsilon(1e-5) };
    assertSame(after, before, `the accountant after ${what} was refused`);
  };

  /** Events with this one inside of them. */
  const around = (event: DpEvent): DpEvent[] => [
    { type: 'composed', events: [good, event] },
    { type: 'composed', events: [good, { type: 'composed', events: [good, event] }] },
    { type: 'repeated', event, count: 2 },
    { type: 'repeated', event: { type: 'composed', events: [good, event] }, count: 2 },
  ];

  return {
    'it names the part that it can not price, and says why'() {
      for (const adjacency of adjacencies)
        for (const event of unsupported)
          for (const whole of [event, ...around(event)]) {
            const { part, reason } = create(adjacency).unpriced(whole) ?? {};
            const inside = partsOf(event).some((candidate) => isDeepStrictEqual(candidate, part));
            assert.ok(inside, `of ${say(whole)} it names ${JSON.stringify(part)}, the part at fault is ${say(event)}`);
            assert.ok(reason && reason.trim() !== '', `it does not say why ${say(event)} has no price`);
          }
    },

    async 'a refusal says what unpriced() says'() {
      for (const adjacency of adjacencies)
        for (const event of unsupported) {
          const accountant = create(adjacency);
          const { reason = '' } = accountant.unpriced(event) ?? {};
          for (const act of [() => accountant.compose(event), () => accountant.preview(event, 1e-5)]) {
            const { message } = await refuses('EVENT_UNSUPPORTED', say(event), act);
            assert.ok(message.includes(reason), `it says ${message}, and the reason is ${reason}`);
          }
        }
    },

    async 'an unsupported event is refused, and nothing has changed'() {
      for (const adjacency of adjacencies)
        for (const event of unsupported) await stays(spend(create, adjacency, good), event, say(event));
    },

    async 'an event with an unsupported part is refused whole'() {
      for (const adjacency of adjacencies)
        for (const event of unsupported) {
          for (const whole of around(event)) await stays(spend(create, adjacency, good), whole, say(whole));
        }
    },

    async 'an event that no accountant can know is refused'() {
      const later = { type: 'mechanism-of-the-future', noiseMultiplier: 1 } as unknown as DpEvent;
      for (const adjacency of adjacencies) {
        await stays(spend(create, adjacency, good), later, say(later));
        const whole: DpEvent = { type: 'composed', events: [good, later] };
        await stays(spend(create, adjacency, good), whole, say(whole));
      }
    },

    'what is not private has no finite price'() {
      const exposed: DpEvent = { type: 'non-private', reason: 'compliance' };
      for (const adjacency of adjacencies)
        for (const event of [exposed, { type: 'composed', events: [good, exposed] } as const]) {
          if (!prices(create(adjacency), event)) continue;
          const epsilon = spend(create, adjacency, event, good).epsilon(1e-5);
          assert.equal(epsilon, Number.POSITIVE_INFINITY, `${say(event)} costs ${epsilon}`);
        }
    },

    'no noise has no finite price'() {
      const withoutNoise: DpEvent[] = [
        { type: 'gaussian', noiseMultiplier: 0 },
        { type: 'laplace', noiseMultiplier: 0 },
        { type: 'discrete-gaussian', sigma: 0, sensitivity: 1 },
      ];
      for (const adjacency of adjacencies)
        for (const exposed of withoutNoise) {
          if (!prices(create(adjacency), exposed)) continue;
          const epsilon = spend(create, adjacency, exposed).epsilon(1e-5);
          assert.equal(epsilon, Number.POSITIVE_INFINITY, `a ${exposed.type} without noise costs ${epsilon}`);
        }
    },

    async 'numbers out of range are refused'() {
      const gaussian: DpEvent = { type: 'gaussian', noiseMultiplier: 1 };
      const malformed: DpEvent[] = [
        { type: 'gaussian', noiseMultiplier: -1 },
        { type: 'gaussian', noiseMultiplier: Number.NaN },
        { type: 'laplace', noiseMultiplier: -1 },
        { type: 'laplace', noiseMultiplier: Number.NaN },
        { type: 'discrete-gaussian', sigma: -1, sensitivity: 1 },
        { type: 'discrete-gaussian', sigma: 1, sensitivity: -1 },
        { type: 'discrete-gaussian', sigma: 1, sensitivity: Number.NaN },
        { type: 'fixed-size-sampled', size: -1, population: 10, event: gaussian },
        { type: 'fixed-size-sampled', size: 11, population: 10, event: gaussian },
        { type: 'fixed-size-sampled', size: 1.5, population: 10, event: gaussian },
        { type: 'fixed-size-sampled', size: Number.NaN, population: 10, event: gaussian },
        { type: 'fixed-size-sampled', size: 1, population: 10.5, event: gaussian },
        { type: 'poisson-sampled', samplingProbability: -0.1, event: gaussian },
        { type: 'poisson-sampled', samplingProbability: 1.1, event: gaussian },
        { type: 'poisson-sampled', samplingProbability: Number.NaN, event: gaussian },
        { type: 'repeated', count: -1, event: good },
        { type: 'repeated', count: 1.5, event: good },
        { type: 'repeated', count: Number.NaN, event: good },
      ];
      for (const adjacency of adjacencies)
        for (const event of malformed) {
          const accountant = spend(create, adjacency, good);
          const before = accountant.epsilon(1e-5);
          const codes = ['EVENT_UNSUPPORTED', 'ARGUMENT_INVALID'] as const;
          await refuses(codes, JSON.stringify(event), () => accountant.compose(event));
          assert.equal(accountant.epsilon(1e-5), before, `${say(event)} was refused, and charged`);
        }
    },

    async 'a delta outside of (0, 1) is refused'() {
      for (const adjacency of adjacencies) {
        const accountant = spend(create, adjacency, good);
        for (const delta of [0, 1, -1, 2, Number.NaN, Number.POSITIVE_INFINITY]) {
          await refuses('ARGUMENT_INVALID', `epsilon(${delta})`, () => accountant.epsilon(delta));
          await refuses('ARGUMENT_INVALID', `preview at ${delta}`, () => accountant.preview(good, delta));
        }
      }
    },
  };
}

/** An event and all that is inside of it. */
function partsOf(event: DpEvent): DpEvent[] {
  if (event.type === 'composed') return [event, ...event.events.flatMap(partsOf)];
  return 'event' in event ? [event, ...partsOf(event.event)] : [event];
}
