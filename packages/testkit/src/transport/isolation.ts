import type { State, Update } from '@fedward/core';
import { assertSame, watch } from '../support/assertions.js';
import { examplePlan, exampleResult, exampleTask, neverAborted } from '../support/fixtures.js';
import type { Checks } from '../suite.js';
import {
  connected,
  echo,
  evaluationOf,
  own,
  plainPayload,
  someCall,
  someDescription,
  type Connect,
} from './clients.js';

/** What is passed arrives as a copy: no side sees what the other writes. */
export function isolationChecks(connect: Connect): Checks {
  const signal = neverAborted();
  const task = () => exampleTask(plainPayload(), { instructions: { nested: { mu: 1 } } });

  return {
    'a client that writes to its task does not reach the server': connected(
      connect,
      () => [
        echo('hospital-0', {
          answer: async (received) => {
            const answer = exampleResult('hospital-0', own(received.payload));
            received.payload.values.fill(99);
            Object.assign(received.instructions['nested'] as object, { mu: 99 });
            return answer;
          },
        }),
      ],
      async (transport) => {
        const sent = task();
        const unchanged = watch('the task of the server', sent);
        await transport.client('hospital-0').answer(sent, signal);
        unchanged();
      },
    ),

    'a client that writes to the model while evaluating does not reach the server': connected(
      connect,
      () => [
        echo('hospital-0', {
          evaluate: async ({ payload }) => {
            payload.values.fill(99);
            return { clientId: 'hospital-0', weight: 1, metrics: {} };
          },
        }),
      ],
      async (transport) => {
        const sent = task();
        const unchanged = watch('the task of the server', sent);
        await transport.client('hospital-0').evaluate(evaluationOf(sent), signal);
        unchanged();
      },
    ),

    async 'a server that writes to a result does not reach the client'() {
      const kept: Update = exampleResult('hospital-0', plainPayload(), { metrics: { loss: 1 } });
      const unchanged = watch('what the client keeps', kept);
      await connected(
        connect,
        () => [echo('hospital-0', { answer: async () => kept })],
        async (transport) => {
          const received = await transport.client('hospital-0').answer(task(), signal);
          received.payload.values.fill(99);
          Object.assign(received.metrics, { loss: 99 });
        },
      )();
      unchanged();
    },

    async 'a server that goes on writing to its model does not reach the client'() {
      let go: () => void = () => undefined;
      const written = new Promise<void>((resolve) => (go = resolve));
      let arrived: () => void = () => undefined;
      const started = new Promise<void>((resolve) => (arrived = resolve));
      const client = echo('hospital-0', {
        answer: async ({ payload }) => {
          arrived();
          await written;
          return exampleResult('hospital-0', payload);
        },
      });
      await connected(
        connect,
        () => [client],
        async (transport) => {
          const sent = task();
          const before = own(sent.payload).values;
          const answer = transport.client('hospital-0').answer(sent, signal);
          await Promise.race([started, answer]);
          sent.payload.values.fill(99);
          go();
          assertSame((await answer).payload.values.slice(), before, 'what the client saw of the model');
        },
      )();
    },

    'two clients do not see what the other writes': connected(
      connect,
      () => [
        echo('writes', {
          answer: async ({ payload }) => {
            payload.values.fill(99);
            return exampleResult('writes', payload);
          },
        }),
        echo('reads'),
      ],
      async (transport) => {
        const sent = task();
        const before = own(sent.payload).values;
        await transport.client('writes').answer(sent, signal);
        const { payload } = await transport.client('reads').answer(sent, signal);
        assertSame(payload.values.slice(), before, 'what the second client was sent');
      },
    ),

    async 'the state of a call is a copy, both ways'() {
      const body = { bytes: Uint8Array.of(1, 2, 3), list: [1] };
      const kept = { bytes: Uint8Array.of(4, 5, 6), list: [4] };
      const spoil = (state: State): void => {
        const { bytes, list } = state as typeof kept;
        bytes.fill(99);
        list.fill(99);
      };
      const client = echo('hospital-0', {
        call: async ({ body: received }) => {
          spoil(received);
          return kept;
        },
      });
      await connected(
        connect,
        () => [client],
        async (transport) => spoil(await transport.client('hospital-0').call(someCall({ body }), signal)),
      )();
      const expected = [Uint8Array.of(1, 2, 3), [1], Uint8Array.of(4, 5, 6), [4]];
      assertSame([body.bytes, body.list, kept.bytes, kept.list], expected, 'the states of the two sides');
    },

    async 'what a site says of itself, and a plan, are copies'() {
      const plan = structuredClone(examplePlan());
      const said = someDescription('hospital-0');
      const spoil = (value: object): void => void Object.assign(value, { name: 'spoilt', approved: ['spoilt'] });
      const unchanged = [watch('the plan of the server', plan), watch('what the client keeps', said)];
      const client = echo('hospital-0', {
        describe: async () => said,
        propose: async (received) => spoil(received),
      });
      await connected(
        connect,
        () => [client],
        async (transport) => {
          await transport.client('hospital-0').propose(plan, signal);
          spoil(await transport.client('hospital-0').describe(signal));
        },
      )();
      for (const check of unchanged) check();
    },
  };
}
