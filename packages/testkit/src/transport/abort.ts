import assert from 'node:assert/strict';
import { refuses, within } from '../support/assertions.js';
import { exampleResult, exampleTask } from '../support/fixtures.js';
import type { Checks } from '../suite.js';
import { connected, echo, plainPayload, type Connect } from './clients.js';

const promptly = 2;

/** A call ends once its signal fires, whatever the client does. */
export function abortChecks(connect: Connect): Checks {
  const task = exampleTask(plainPayload());
  const deaf = (id: string) =>
    echo(id, {
      fit: () => new Promise(() => undefined),
      evaluate: () => new Promise(() => undefined),
      call: () => new Promise(() => undefined),
    });

  return {
    'a signal that has fired already is ABORTED': connected(
      connect,
      () => [deaf('hospital-0')],
      async (transport) => {
        const signal = AbortSignal.abort();
        await refuses('ABORTED', 'fit', () => within(promptly, 'fit', transport.fit('hospital-0', task, signal)));
        await refuses('ABORTED', 'evaluate', () =>
          within(promptly, 'evaluate', transport.evaluate('hospital-0', task, signal)),
        );
      },
    ),

    'an abort ends a call at once, even where the client ignores it': connected(
      connect,
      () => [deaf('hospital-0')],
      async (transport) => {
        const controller = new AbortController();
        const calls: Promise<unknown>[] = [
          transport.fit('hospital-0', task, controller.signal),
          transport.evaluate('hospital-0', task, controller.signal),
          ...(transport.call ? [transport.call('hospital-0', 't', Uint8Array.of(1), controller.signal)] : []),
        ];
        setTimeout(() => controller.abort(), 30);
        await Promise.all(
          calls.map((call, i) => {
            const what = ['fit', 'evaluate', 'call'][i]!;
            return refuses('ABORTED', what, () => within(promptly, `${what}, aborted after 30 ms`, call));
          }),
        );
      },
    ),

    async 'an abort reaches the client'() {
      let heard: () => void = () => undefined;
      const reached = new Promise<void>((resolve) => (heard = resolve));
      const client = echo('hospital-0', {
        fit: (_, signal) =>
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
          const call = transport.fit('hospital-0', task, controller.signal);
          setTimeout(() => controller.abort(), 30);
          await refuses('ABORTED', 'fit', () => within(promptly, 'fit', call));
          await within(promptly, "the client's signal", reached);
        },
      )();
    },

    'an abort of one call leaves the others alone': connected(
      connect,
      () => [
        deaf('deaf'),
        echo('slow', {
          fit: async ({ payload }) => {
            await new Promise((resolve) => setTimeout(resolve, 80));
            return exampleResult('slow', payload);
          },
        }),
      ],
      async (transport) => {
        const controller = new AbortController();
        const slow = transport.fit('slow', task, new AbortController().signal);
        const stopped = transport.fit('deaf', task, controller.signal);
        setTimeout(() => controller.abort(), 20);
        await refuses('ABORTED', 'the aborted call', () => within(promptly, 'the aborted call', stopped));
        assert.equal((await slow).clientId, 'slow', 'the other call');
      },
    ),

    async 'a client whose call was aborted can be asked again'() {
      let asked = 0;
      const client = echo('hospital-0', {
        fit: ({ payload }) =>
          asked++ === 0 ? new Promise(() => undefined) : Promise.resolve(exampleResult('hospital-0', payload)),
      });
      await connected(
        connect,
        () => [client],
        async (transport) => {
          const controller = new AbortController();
          setTimeout(() => controller.abort(), 20);
          const first = transport.fit('hospital-0', task, controller.signal);
          await refuses('ABORTED', 'the first call', () => within(promptly, 'the first call', first));
          const again = transport.fit('hospital-0', task, new AbortController().signal);
          assert.equal((await again).clientId, 'hospital-0', 'the answer to the second call');
        },
      )();
    },
  };
}
