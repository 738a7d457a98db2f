import type { Update } from '@fedward/core';
import { assertSame, watch } from '../support/assertions.js';
import { exampleResult, exampleTask, neverAborted } from '../support/fixtures.js';
import type { Checks } from '../suite.js';
import { connected, echo, own, plainPayload, type Connect } from './clients.js';

/** What is passed arrives as a copy: no side sees what the other writes. */
export function isolationChecks(connect: Connect): Checks {
  const signal = neverAborted();
  const task = () => exampleTask(plainPayload(), { instructions: { nested: { mu: 1 } } });

  return {
    'a client that writes to its task does not reach the server': connected(
      connect,
      () => [
        echo('hospital-0', {
          fit: async (received) => {
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
        await transport.fit('hospital-0', sent, signal);
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
        await transport.evaluate('hospital-0', sent, signal);
        unchanged();
      },
    ),

    async 'a server that writes to a result does not reach the client'() {
      const kept: Update = exampleResult('hospital-0', plainPayload(), { metrics: { loss: 1 } });
      const unchanged = watch('what the client keeps', kept);
      await connected(
        connect,
        () => [echo('hospital-0', { fit: async () => kept })],
        async (transport) => {
          const received = await transport.fit('hospital-0', task(), signal);
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
        fit: async ({ payload }) => {
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
          const answer = transport.fit('hospital-0', sent, signal);
          await started;
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
          fit: async ({ payload }) => {
            payload.values.fill(99);
            return exampleResult('writes', payload);
          },
        }),
        echo('reads'),
      ],
      async (transport) => {
        const sent = task();
        const before = own(sent.payload).values;
        await transport.fit('writes', sent, signal);
        const { payload } = await transport.fit('reads', sent, signal);
        assertSame(payload.values.slice(), before, 'what the second client was sent');
      },
    ),

    async 'the bytes of call(), where it has one, are copies'() {
      const body = Uint8Array.of(1, 2, 3);
      const kept = Uint8Array.of(4, 5, 6);
      const client = echo('hospital-0', {
        call: async (_, received) => {
          received.fill(99);
          return kept;
        },
      });
      await connected(
        connect,
        () => [client],
        async (transport) => {
          (await transport.call?.('hospital-0', 't', body, signal))?.fill(99);
        },
      )();
      assertSame([body, kept], [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6)], 'the bytes of the sender');
    },
  };
}
