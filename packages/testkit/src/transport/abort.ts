import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { Client } from '@fedward/core';
import { refuses, within } from '../support/assertions.js';
import { exampleResult, neverAborted } from '../support/fixtures.js';
import type { Checks } from '../suite.js';
import { connected, echo, methodsOf, plainTask, type Connect } from './clients.js';

const promptly = 2;
const never = (): Promise<never> => new Promise(() => undefined);

/** A call ends once its signal fires, whatever the client does. */
export function abortChecks(connect: Connect): Checks {
  const deaf = (id: string): Client =>
    echo(id, { describe: never, propose: never, answer: never, evaluate: never, call: never });

  return {
    'a signal that has fired already is ABORTED': connected(
      connect,
      () => [deaf('hospital-0')],
      async (transport) => {
        for (const [method, ask] of Object.entries(methodsOf(transport.client('hospital-0'), AbortSignal.abort())))
          await refuses('ABORTED', method, () => within(promptly, method, ask()));
      },
    ),

    'an abort ends a call at once, even where the client ignores it': connected(
      connect,
      () => [deaf('hospital-0')],
      async (transport) => {
        const controller = new AbortController();
        const calls = Object.entries(methodsOf(transport.client('hospital-0'), controller.signal)).map(
          ([method, ask]) => [method, ask()] as const,
        );
        setTimeout(() => controller.abort(), 30);
        await Promise.all(
          calls.map(([method, call]) =>
            refuses('ABORTED', method, () => within(promptly, `${method}, aborted after 30 ms`, call)),
          ),
        );
      },
    ),

    // A run has one signal for thousands of calls: what each leaves behind is there to its end.
    'a call that is over leaves no listener on its signal': connected(
      connect,
      () => [echo('hospital-0'), echo('failing', { answer: () => Promise.reject(new Error('no')) })],
      async (transport) => {
        const { signal } = new AbortController();
        const failing = () => transport.client('failing').answer(plainTask(), signal);
        for (const ask of [...Object.values(methodsOf(transport.client('hospital-0'), signal)), failing])
          await ask().catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 20));
        assert.equal(getEventListeners(signal, 'abort').length, 0, 'listeners that were left');
      },
    ),

    async 'an abort reaches the client'() {
      let heard: () => void = () => undefined;
      const reached = new Promise<void>((resolve) => (heard = resolve));
      const client = echo('hospital-0', {
        answer: (_, signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              heard();
              reject(new Error('stopped'));
            });
          }),
      });
      await connected(
        connect,
        () => [client],
        async (transport) => {
          const controller = new AbortController();
          const call = transport.client('hospital-0').answer(plainTask(), controller.signal);
          setTimeout(() => controller.abort(), 30);
          await refuses('ABORTED', 'answer', () => within(promptly, 'answer', call));
          await within(promptly, "the client's signal", reached);
        },
      )();
    },

    'an abort of one call leaves the others alone': connected(
      connect,
      () => [
        deaf('deaf'),
        echo('slow', {
          answer: async ({ payload }) => {
            await new Promise((resolve) => setTimeout(resolve, 80));
            return exampleResult('slow', payload);
          },
        }),
      ],
      async (transport) => {
        const controller = new AbortController();
        const slow = transport.client('slow').answer(plainTask(), neverAborted());
        slow.catch(() => undefined); // it is awaited below, unless the check has failed by then
        const stopped = transport.client('deaf').answer(plainTask(), controller.signal);
        setTimeout(() => controller.abort(), 20);
        await refuses('ABORTED', 'the aborted call', () => within(promptly, 'the aborted call', stopped));
        assert.equal((await slow).clientId, 'slow', 'the other call');
      },
    ),

    async 'a client whose call was aborted can be asked again'() {
      let asked = 0;
      const client = echo('hospital-0', {
        answer: ({ payload }) => (asked++ === 0 ? never() : Promise.resolve(exampleResult('hospital-0', payload))),
      });
      await connected(
        connect,
        () => [client],
        async (transport) => {
          const controller = new AbortController();
          setTimeout(() => controller.abort(), 20);
          const first = transport.client('hospital-0').answer(plainTask(), controller.signal);
          await refuses('ABORTED', 'the first call', () => within(promptly, 'the first call', first));
          const again = transport.client('hospital-0').answer(plainTask(), neverAborted());
          assert.equal((await again).clientId, 'hospital-0', 'the answer to the second call');
        },
      )();
    },
  };
}
