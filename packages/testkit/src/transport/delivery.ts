import assert from 'node:assert/strict';
import { assertNames, refuses, rejects } from '../support/assertions.js';
import { exampleResult, neverAborted } from '../support/fixtures.js';
import type { Checks } from '../suite.js';
import { connected, echo, methodsOf, plainEvaluation, plainTask, type Connect } from './clients.js';

const ids = ['hospital-b', 'hospital-a', 'Köln/Süd 1', '東京 🏥'];
const several = () => ids.map((id) => echo(id));

/** What is sent reaches the client that was meant, and its answer whoever asked. */
export function deliveryChecks(connect: Connect): Checks {
  const signal = neverAborted();
  return {
    'every client gets its own calls': connected(connect, several, async (transport) => {
      for (const id of transport.clients()) {
        const client = transport.client(id);
        assert.equal(client.id, id, 'the id of the client');
        assert.equal((await client.answer(plainTask(), signal)).clientId, id, 'answer reached another client');
        assert.equal(
          (await client.evaluate(plainEvaluation(), signal)).clientId,
          id,
          'evaluate reached another client',
        );
        assert.equal((await client.describe(signal)).clientId, id, 'describe reached another client');
      }
    }),

    async 'several clients work at the same time'() {
      const names = ['a', 'b', 'c', 'd'];
      let arrived = 0;
      let open: () => void = () => undefined;
      const allThere = new Promise<void>((resolve) => (open = resolve));
      const waiting = names.map((id) =>
        echo(id, {
          answer: async ({ payload }) => {
            if (++arrived === names.length) open();
            await allThere; // for ever, where calls are made one after the other
            return exampleResult(id, payload);
          },
        }),
      );
      await connected(
        connect,
        () => waiting,
        async (transport) => {
          const answers = await Promise.all(names.map((id) => transport.client(id).answer(plainTask(), signal)));
          assert.deepEqual(
            answers.map(({ clientId }) => clientId),
            names,
            'the answers are those of other clients',
          );
        },
      )();
    },

    'calls to one client at once get their own answers': connected(
      connect,
      () => [
        echo('hospital-0', {
          answer: async ({ payload, round }) => {
            await new Promise((resolve) => setTimeout(resolve, 10 * (4 - round))); // the last call is answered first
            return exampleResult('hospital-0', payload, { baseRound: round });
          },
        }),
      ],
      async (transport) => {
        const rounds = [0, 1, 2, 3];
        const client = transport.client('hospital-0');
        const answers = await Promise.all(rounds.map((round) => client.answer(plainTask({ round }), signal)));
        assert.deepEqual(
          answers.map(({ baseRound }) => baseRound),
          rounds,
          'answers were mixed up',
        );
      },
    ),
  };
}

/** What a transport is beside the clients that it reaches. */
export function directoryChecks(connect: Connect): Checks {
  const signal = neverAborted();
  return {
    'clients() names every client, always in the same order': connected(connect, several, async (transport) => {
      const listed = [...transport.clients()];
      assert.deepEqual(listed.toSorted(), ids.toSorted(), 'the ids of the clients');
      await transport.client(listed[1]!).answer(plainTask(), signal);
      assert.deepEqual([...transport.clients()], listed, 'the order after a call');
    }),

    'a client that is not there is CLIENT_UNKNOWN': connected(connect, several, async (transport) => {
      for (const id of ['nobody', '', 'toString', '__proto__'])
        for (const [method, ask] of Object.entries(methodsOf(transport.client(id), signal)))
          assertNames(await refuses('CLIENT_UNKNOWN', `${method} of "${id}"`, ask), id);
    }),

    'a closed transport rejects every call': connected(connect, several, async (transport) => {
      const client = transport.client('hospital-a');
      await transport.close();
      for (const [method, ask] of Object.entries(methodsOf(client, signal)))
        await rejects(`${method} after close`, ask);
    }),
  };
}
