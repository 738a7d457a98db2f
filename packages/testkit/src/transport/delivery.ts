import assert from 'node:assert/strict';
import {
  createLayout,
  createParameters,
  FedwardError,
  type EvaluateTask,
  type Update,
  type Task,
} from '@fedward/core';
import { assertSame, refuses, rejects } from '../support/assertions.js';
import { exampleResult, exampleTask, neverAborted } from '../support/fixtures.js';
import type { Checks } from '../suite.js';
import { awkwardPayload, connected, echo, own, type Connect } from './clients.js';

/** What is sent arrives, at the right client, and comes back. */
export function deliveryChecks(connect: Connect): Checks {
  const three = () => ['hospital-b', 'hospital-a', 'Köln/Süd 1'].map((id) => echo(id));
  const signal = neverAborted();

  const task = (): Task =>
    exampleTask(awkwardPayload(), {
      round: 3,
      planHash: 'sha256:ab',
      instructions: { proximalMu: 0.1, nested: { list: [1, null, 'ü'] } },
    });
  const result = (): Update =>
    exampleResult('hospital-0', awkwardPayload(), {
      baseRound: 3,
      weight: 41.5,
      metrics: { loss: 1 / 3, accuracy: 0 },
      spent: [{ type: 'repeated', count: 2, event: { type: 'gaussian', noiseMultiplier: 1.1 } }],
      simulationOnly: false,
    });

  return {
    'clients() names every client, always in the same order': connected(connect, three, async (transport) => {
      const ids = [...transport.clients()];
      assert.deepEqual(
        ids.toSorted(),
        three()
          .map(({ id }) => id)
          .toSorted(),
        'the ids of the clients',
      );
      await transport.fit(ids[1]!, task(), signal);
      assert.deepEqual([...transport.clients()], ids, 'the order after a call');
    }),

    async 'a task arrives bit for bit'() {
      const seen: Task[] = [];
      const client = echo('hospital-0', {
        fit: async (received) => {
          seen.push(received);
          return result();
        },
      });
      await connected(
        connect,
        () => [client],
        async (transport) => {
          await transport.fit('hospital-0', task(), signal);
        },
      )();
      const sent = task();
      assertSame(
        seen.map((t) => ({ ...t, payload: own(t.payload) })),
        [{ ...sent, payload: own(sent.payload) }],
        'tasks',
      );
    },

    'a result arrives bit for bit': connected(
      connect,
      () => [echo('hospital-0', { fit: async () => result() })],
      async (transport) => {
        const received = await transport.fit('hospital-0', task(), signal);
        const sent = result();
        assertSame(
          { ...received, payload: own(received.payload) },
          { ...sent, payload: own(sent.payload) },
          'the result',
        );
      },
    ),

    'a model of a million values arrives, both ways': connected(
      connect,
      () => [echo('hospital-0')],
      async (transport) => {
        const layout = createLayout([{ name: 'kernel', shape: [1_000_000] }]);
        const large = createParameters(
          layout,
          Float32Array.from({ length: layout.size }, (_, i) => i / 3),
        );
        const { payload } = await transport.fit('hospital-0', exampleTask(large), signal);
        assert.ok(
          Buffer.from(payload.values.slice().buffer).equals(Buffer.from(large.values.buffer)),
          'it has changed',
        );
      },
    ),

    async 'an evaluation arrives bit for bit, both ways'() {
      const { runId, round, planHash, payload } = task();
      const sent: EvaluateTask = { runId, round, planHash, payload };
      const answer = { clientId: 'hospital-0', weight: 17, metrics: { loss: 0.1 + 0.2, auroc: 5e-324 } };
      const seen: unknown[] = [];
      const client = echo('hospital-0', {
        evaluate: async (received) => {
          seen.push({ ...received, payload: own(received.payload) });
          return answer;
        },
      });
      await connected(
        connect,
        () => [client],
        async (transport) => {
          assertSame(await transport.evaluate('hospital-0', sent, signal), { ...answer }, 'the evaluation');
        },
      )();
      assertSame(seen, [{ ...sent, payload: own(sent.payload) }], 'the evaluation tasks');
    },

    'every client gets its own calls': connected(connect, three, async (transport) => {
      for (const id of transport.clients()) {
        assert.equal((await transport.fit(id, task(), signal)).clientId, id, 'fit reached another client');
        assert.equal((await transport.evaluate(id, task(), signal)).clientId, id, 'evaluate reached another client');
      }
    }),

    async 'several clients work at the same time'() {
      const ids = ['a', 'b', 'c', 'd'];
      let arrived = 0;
      let open: () => void = () => undefined;
      const allThere = new Promise<void>((resolve) => (open = resolve));
      const waiting = ids.map((id) =>
        echo(id, {
          fit: async ({ payload }) => {
            if (++arrived === ids.length) open();
            await allThere; // for ever, where calls are made one after the other
            return exampleResult(id, payload);
          },
        }),
      );
      await connected(
        connect,
        () => waiting,
        async (transport) => {
          const results = await Promise.all(ids.map((id) => transport.fit(id, task(), signal)));
          assert.deepEqual(
            results.map(({ clientId }) => clientId),
            ids,
            'the answers are those of other clients',
          );
        },
      )();
    },

    'calls to one client at once get their own answers': connected(
      connect,
      () => [
        echo('hospital-0', {
          fit: async ({ payload, round }) => {
            await new Promise((resolve) => setTimeout(resolve, 10 * (4 - round))); // the last call is answered first
            return exampleResult('hospital-0', payload, { baseRound: round });
          },
        }),
      ],
      async (transport) => {
        const rounds = [0, 1, 2, 3];
        const answers = await Promise.all(
          rounds.map((round) => transport.fit('hospital-0', { ...task(), round }, signal)),
        );
        assert.deepEqual(
          answers.map(({ baseRound }) => baseRound),
          rounds,
          'answers were mixed up',
        );
      },
    ),

    "a client's error arrives with its code and message": connected(
      connect,
      () => [
        echo('refuses', {
          fit: async () => {
            throw new FedwardError('PLAN_NOT_APPROVED', 'this site has not approved the plan', 'refuses');
          },
          evaluate: () => {
            throw new FedwardError('DATA_EMPTY', 'this site has no test part');
          },
        }),
        echo('works'),
      ],
      async (transport) => {
        const error = await refuses('PLAN_NOT_APPROVED', 'fit', () => transport.fit('refuses', task(), signal));
        assert.ok(error.message.includes('this site has not approved the plan'), `the message is ${error.message}`);
        const other = await refuses('DATA_EMPTY', 'evaluate', () => transport.evaluate('refuses', task(), signal));
        assert.ok(other.message.includes('this site has no test part'), `the message is ${other.message}`);
        assert.equal((await transport.fit('works', task(), signal)).clientId, 'works', 'the other client');
      },
    ),

    'an error without a code rejects with its message': connected(
      connect,
      () => [echo('breaks', { fit: async () => Promise.reject(new TypeError('weights of undefined')) })],
      (transport) => assert.rejects(transport.fit('breaks', task(), signal), /weights of undefined/),
    ),

    'a client that is not there is CLIENT_UNKNOWN': connected(connect, three, async (transport) => {
      for (const id of ['nobody', '', 'toString', '__proto__']) {
        await refuses('CLIENT_UNKNOWN', `fit of "${id}"`, () => transport.fit(id, task(), signal));
        await refuses('CLIENT_UNKNOWN', `evaluate of "${id}"`, () => transport.evaluate(id, task(), signal));
        if (transport.call)
          await refuses('CLIENT_UNKNOWN', `call of "${id}"`, () => transport.call!(id, 't', new Uint8Array(1), signal));
      }
    }),

    'call(), where it has one, carries every byte both ways': connected(
      connect,
      () => [
        echo('hospital-0', { call: async (topic, body) => Uint8Array.from([topic.length, ...body.toReversed()]) }),
      ],
      async (transport) => {
        if (!transport.call) return;
        const all = Uint8Array.from({ length: 256 }, (_, i) => i);
        for (const body of [all, new Uint8Array(0), all.subarray(100, 103)]) {
          const answer = await transport.call('hospital-0', 'keys', body, signal);
          assert.deepEqual([...answer], [4, ...body.toReversed()], `the answer to ${body.length} bytes`);
        }
      },
    ),

    'call() of a client without one rejects': connected(connect, three, async (transport) => {
      if (transport.call) await rejects('call', () => transport.call!('hospital-a', 't', new Uint8Array(1), signal));
    }),

    'a closed transport rejects every call': connected(connect, three, async (transport) => {
      await transport.close();
      await rejects('fit after close', () => transport.fit('hospital-a', task(), signal));
      await rejects('evaluate after close', () => transport.evaluate('hospital-a', task(), signal));
    }),
  };
}
