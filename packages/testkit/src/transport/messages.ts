import assert from 'node:assert/strict';
import { createLayout, createParameters, type Plan, type State, type Task, type Update } from '@fedward/core';
import { assertSame } from '../support/assertions.js';
import { examplePlan, exampleResult, exampleTask, neverAborted } from '../support/fixtures.js';
import type { Checks } from '../suite.js';
import { awkwardPayloads, bytesOf, connected, echo, evaluationOf, own, plainPayload, plainTask } from './clients.js';
import { someCall, someDescription, type Connect } from './clients.js';

/** What is sent arrives as it is, both ways. */
export function messageChecks(connect: Connect): Checks {
  const signal = neverAborted();
  const task = (payload: Task['payload']): Task =>
    exampleTask(payload, {
      round: 3,
      planHash: 'sha256:ab',
      cohort: ['hospital-0', 'Köln/Süd 1', '東京'],
      instructions: { proximalMu: 0.1, nested: { list: [1, null, 'ü'], $tensor: 0, empty: {} } },
      forMechanisms: { 'secure-aggregation': { keys: ['a', 'b'] } },
      taken: 2,
      head: { index: 12, root: 'ff' },
    });
  const result = (payload: Update['payload']): Update =>
    exampleResult('hospital-0', payload, {
      baseRound: 3,
      weight: 41.5,
      metrics: { loss: 1 / 3, accuracy: 0, smallest: 5e-324 },
      spent: [{ type: 'repeated', count: 2, event: { type: 'gaussian', noiseMultiplier: 1.1 } }],
      simulationOnly: false,
      head: { index: 99, root: '0a' },
    });
  /** A message with a payload of its own array, and the bytes behind it. */
  const seen = <T extends { readonly payload: Task['payload'] }>(message: T) =>
    [{ ...message, payload: own(message.payload) }, bytesOf(message.payload)] as const;
  /** Asks the one client, which takes and gives as told. */
  const asking = (client: Partial<ReturnType<typeof echo>>, use: (remote: ReturnType<typeof echo>) => Promise<void>) =>
    connected(
      connect,
      () => [echo('hospital-0', client)],
      (transport) => use(transport.client('hospital-0')),
    )();

  return {
    async 'a task arrives bit for bit, whatever its numbers'() {
      for (const payload of awkwardPayloads()) {
        const arrived: unknown[] = [];
        const answer = async (received: Task) => {
          arrived.push(seen(received));
          return result(plainPayload());
        };
        await asking({ answer }, async (remote) => void (await remote.answer(task(payload), signal)));
        assertSame(arrived, [seen(task(payload))], 'the tasks that arrived');
      }
    },

    async 'an update arrives bit for bit, whatever its numbers'() {
      for (const payload of awkwardPayloads())
        await asking({ answer: async () => result(payload) }, async (remote) => {
          assertSame(seen(await remote.answer(plainTask(), signal)), seen(result(payload)), 'the update');
        });
    },

    async 'a model of a million values arrives, both ways'() {
      await asking({}, async (remote) => {
        const layout = createLayout([{ name: 'kernel', shape: [1_000_000] }]);
        const values = Float32Array.from({ length: layout.size }, (_, i) => i / 3);
        const { payload } = await remote.answer(exampleTask(createParameters(layout, values)), signal);
        assert.ok(bytesOf(payload) === bytesOf({ layout, values }), 'it has changed');
      });
    },

    async 'an evaluation arrives bit for bit, both ways'() {
      const sent = evaluationOf(task(awkwardPayloads()[0]!));
      const answer = { clientId: 'hospital-0', weight: 17, metrics: { loss: 0.1 + 0.2, auroc: 5e-324 } };
      const arrived: unknown[] = [];
      const evaluate = async (received: typeof sent) => {
        arrived.push(seen(received));
        return answer;
      };
      await asking({ evaluate }, async (remote) => {
        assertSame(await remote.evaluate(sent, signal), { ...answer }, 'the evaluation');
      });
      assertSame(arrived, [seen(sent)], 'the evaluation tasks that arrived');
    },

    async 'what a site says of itself arrives'() {
      await asking({}, async (remote) => {
        assertSame(await remote.describe(signal), someDescription('hospital-0'), 'the description');
      });
    },

    async 'a plan that is proposed arrives'() {
      const proposed = examplePlan({ name: 'Größe und Maß', cohort: { select: 'uniform', size: 2 } });
      const arrived: Plan[] = [];
      const propose = async (plan: Plan): Promise<void> => void arrived.push(plan);
      await asking({ propose }, async (remote) => {
        assert.equal(await remote.propose(proposed, signal), undefined, 'propose() gives something');
      });
      assertSame(arrived, [proposed], 'the plans that arrived');
    },

    async 'a call carries every kind of state, both ways'() {
      await asking({}, async (remote) => {
        for (const body of states()) {
          const answer = await remote.call(someCall({ body }), signal);
          assertSame(answer, structuredClone(body), 'the answer of a client that sends a call back');
        }
      });
    },

    async 'a call arrives with its mechanism, round and cohort'() {
      const sent = someCall({ mechanism: 'masks', round: 4, runId: 'run/ü', cohort: ['hospital-0', 'b'], body: [1] });
      const arrived: unknown[] = [];
      const call = async (received: typeof sent): Promise<State> => {
        arrived.push(received);
        return null;
      };
      await asking({ call }, async (remote) => {
        assert.equal(await remote.call(sent, signal), null, 'the answer');
      });
      assertSame(arrived, [sent], 'the calls that arrived');
    },
  };
}

/** All that a state is made of; arrays lie inside larger ones, and names look like those of an encoding. */
function states(): State[] {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  return [
    null,
    'größer als 東京 🏥',
    [1, -0, 0.1, 1e308, 5e-324, true, false, null, []],
    [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    bytes,
    bytes.subarray(100, 103),
    new Uint8Array(0),
    {
      words: Uint32Array.of(0, 2 ** 32 - 1),
      single: Float32Array.of(0.1, -0, 1e-45),
      double: new Float64Array([7, 0.1, 1 / 3]).subarray(1),
      nested: { list: [Uint8Array.of(1), { deep: [[[0]]] }], empty: {}, '': 'no name' },
    },
    { $tensor: 0, $number: 'NaN', $$tensor: [1], payload: { layout: 'none' }, error: { code: 'ABORTED' } },
  ];
}
