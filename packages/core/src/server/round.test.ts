import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { FedwardError } from '../base/errors.js';
import type { Client } from '../interfaces/client.js';
import type { Update } from '../interfaces/messages.js';
import { memoryAuditSink } from '../memory/audit.js';
import { memoryCheckpointStore } from '../memory/stores.js';
import { inMemoryTransport } from '../memory/transport.js';
import { digestTensors } from '../parameters/parameters.js';
import {
  exampleFederation,
  exampleLayout,
  exampleResult,
  exampleSites,
  fakeClient,
  meanAggregator,
} from '../testing/fakes.js';
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import { runFederation } from './run.js';
import { constant, failing, filled, onePlan, runOf } from '../testing/rounds.js';

describe('a round', () => {
  it('is the mean of its updates', async () => {
    const { model, rounds } = await runOf([
      constant('a', 1, { weight: 1, metrics: { loss: 4 } }),
      constant('b', 5, { weight: 3, metrics: { loss: 8 } }),
    ]);
    expect([...model.values]).toEqual(Array(8).fill(4));
    expect(rounds).toEqual([
      {
        ...{
          round: 0,
          participants: ['a', 'b'],
          bytes: { sent: 64, received: 64 },
          dropped: [],
          leftOut: [],
          waiting: [],
          stale: [],
        },
        ...{ trainLoss: 7, metrics: {}, epsilon: null },
      },
    ]);
  });

  it('sends the cohort the model, the round and the hash of the plan', async () => {
    const answer = vi.fn(() => exampleResult({ clientId: 'a' }));
    const { planHash } = await runOf([fakeClient('a', answer)], { initial: filled(2) });
    const cohort = ['a'];
    expect(answer).toHaveBeenCalledWith(
      { runId: 'run-1', round: 0, planHash, cohort, payload: filled(2), instructions: {}, taken: null },
      expect.any(AbortSignal),
    );
  });

  it.each([
    ['no loss', {}],
    ['a loss that is NaN', { loss: Number.NaN }],
    ['an infinite loss', { loss: Infinity }],
    ['text for a loss', { loss: 'low' as unknown as number }],
  ])('has no training loss where a client tells %s', async (_, metrics) => {
    const { rounds } = await runOf([constant('a', 1), constant('b', 1, { metrics })], {
      checkpoints: memoryCheckpointStore(),
      audit: memoryAuditSink(),
    });
    expect(rounds[0]!.trainLoss).toBeNull();
  });

  it('has no training loss where all weights that tell one are zero', async () => {
    const aggregator = meanAggregator({
      reduce: () => ({ add: () => undefined, finish: () => ({ payload: new Float64Array(8), divisor: 1, count: 1 }) }),
    });
    expect((await runOf([constant('a', 1, { weight: 0 })], { aggregator })).rounds[0]!.trainLoss).toBeNull();
  });

  it('gives the same bits for any concurrency and order of arrival', async () => {
    const plan = examplePlan({ rounds: 2 });
    const sites = [
      ...exampleSites(plan),
      ...[4, 5, 6, 7].map((k) => constant(`hospital-${k}`, 1 / k, { weight: k / 3 })),
    ];
    const digest = async (concurrency: number | undefined, delays: readonly number[]) => {
      const late = sites.map((site, i) => ({
        ...site,
        answer: async (...given: Parameters<Client['answer']>) => {
          await sleep(delays[i % delays.length]!);
          return site.answer(...given);
        },
      }));
      const { model } = await runFederation(
        exampleFederation({
          plan,
          transport: inMemoryTransport(late),
          ...(concurrency !== undefined && { concurrency }),
        }),
      );
      return digestTensors(model);
    };
    const expected = await digest(1, [0]);
    expect(await digest(undefined, [0])).toBe(expected);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.nat(6), { minLength: 7, maxLength: 7 }),
        async (n, delays) => {
          expect(await digest(n, delays)).toBe(expected);
        },
      ),
      { numRuns: 15 },
    );
  });

  describe('drop-outs', () => {
    const refuses = new FedwardError('PLAN_NOT_APPROVED', 'b has approved another plan', 'b');

    it('are named with code, reason and the weight that is lost', async () => {
      let calls = 0;
      const b = fakeClient('b', ({ round }) => {
        if (calls++ > 0) throw refuses;
        return exampleResult({ clientId: 'b', baseRound: round, weight: 7 });
      });
      const audit = memoryAuditSink();
      const { rounds } = await runOf([constant('a', 1), b], { plan: examplePlan({ rounds: 2 }), audit });
      expect(rounds[0]!.dropped).toEqual([]);
      const lost = { id: 'b', code: 'PLAN_NOT_APPROVED', reason: 'b has approved another plan', weightLost: 7 };
      expect(rounds[1]).toMatchObject({ participants: ['a'], dropped: [lost] });
      expect(audit.events.filter(({ type }) => type === 'dropout')).toMatchObject([
        { round: 1, clientId: 'b', details: lost },
      ]);
      expect(audit.events.findLast(({ type }) => type === 'aggregation')!.details).toMatchObject({
        participants: ['a'],
        dropped: ['b'],
      });
    });

    it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('may be named %s', async (id) => {
      const { rounds } = await runOf([constant('a', 1), failing(id, refuses)], { audit: memoryAuditSink() });
      expect(rounds[0]!.dropped).toMatchObject([{ id, weightLost: null }]);
    });

    it('below the quorum end the run, all of them named', async () => {
      const clients = [constant('a', 1), failing('b', refuses), failing('c', new Error('out of memory'))];
      const run = runOf(clients, { plan: onePlan({ quorum: 2 }) });
      await expect(run).rejects.toMatchObject({ code: 'QUORUM_NOT_MET', subject: 'quorum', family: 'run' });
      await expect(run).rejects.toThrow(
        'round 0: 1 of 3 clients answered, the quorum is 2; b: b has approved another plan; c: c failed: out of memory',
      );
    });

    it('at the quorum do not', async () => {
      const { rounds } = await runOf([constant('a', 1), failing('b', refuses)], { plan: onePlan({ quorum: 1 }) });
      expect(rounds[0]!.participants).toEqual(['a']);
    });

    it('include who is late', async () => {
      const { rounds } = await runOf([constant('a', 1), fakeClient('b', () => new Promise(() => undefined))], {
        plan: onePlan({ deadlineSeconds: 0.05 }),
      });
      expect(rounds[0]).toMatchObject({ participants: ['a'], dropped: [{ id: 'b', code: 'DEADLINE_PASSED' }] });
    });

    it('include a site whose own log failed: that is not the server’s', async () => {
      const { rounds } = await runOf([constant('a', 1), failing('b', new FedwardError('AUDIT_FAILED', 'disk full'))]);
      expect(rounds[0]!.dropped).toMatchObject([{ id: 'b', code: 'AUDIT_FAILED' }]);
    });
  });

  describe('an update that is not valid', () => {
    const poisoned = filled(1);
    poisoned.values[7] = Number.NaN;
    const clients = () => [constant('a', 1), constant('b', 1, { payload: poisoned })];

    it('ends the run, and names site, round and tensor', async () => {
      const run = runOf(clients());
      await expect(run).rejects.toMatchObject({ code: 'UPDATE_NOT_FINITE', subject: 'b' });
      await expect(run).rejects.toThrow(/round 0.*b.*tensor 0\.dense\.bias/);
    });

    it('is dropped where the plan says so', async () => {
      const { model, rounds } = await runOf(clients(), { plan: onePlan({ onInvalidUpdate: 'drop' }) });
      expect(rounds[0]!.dropped).toMatchObject([{ id: 'b', code: 'UPDATE_NOT_FINITE' }]);
      expect([...model.values]).toEqual(Array(8).fill(1));
    });

    it('is one that the aggregator does not take, too', async () => {
      const aggregator = meanAggregator();
      const refusing = (error: Error) => ({
        aggregator: {
          ...aggregator,
          reduce: (...given: Parameters<typeof aggregator.reduce>) => {
            const reduction = aggregator.reduce(...given);
            return {
              ...reduction,
              add(update: Update) {
                if (update.weight === 0) throw error;
                reduction.add(update);
              },
            };
          },
        },
      });
      const weightless = [constant('a', 1), constant('b', 5, { weight: 0 })];
      const invalid = refusing(new FedwardError('UPDATE_INVALID', 'the weight of b is 0'));
      await expect(runOf(weightless, invalid)).rejects.toMatchObject({ code: 'UPDATE_INVALID' });
      const dropping = { ...invalid, plan: onePlan({ onInvalidUpdate: 'drop' }) };
      const { model, rounds } = await runOf(weightless, dropping);
      expect(rounds[0]).toMatchObject({ participants: ['a'], dropped: [{ id: 'b', reason: 'the weight of b is 0' }] });
      expect([...model.values]).toEqual(Array(8).fill(1));
      const bug = new TypeError('a bug');
      await expect(runOf(weightless, { ...dropping, ...refusing(bug) })).rejects.toBe(bug);
    });

    it('is any update for another round, client or model', async () => {
      for (const changes of [{ clientId: 'a' }, { baseRound: 9 }, { weight: -1 }]) {
        await expect(runOf([constant('a', 1), constant('b', 1, changes)])).rejects.toMatchObject({
          code: 'UPDATE_INVALID',
        });
      }
    });
  });

  it('goes on without clients that send or say anything they like', async () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const answers: unknown[] = [
      undefined,
      null,
      7n,
      'x'.repeat(1_000_000),
      circular,
      new Error('an answer'),
      { ...exampleResult(), clientId: 'good' },
      { ...exampleResult(), payload: null },
      { ...exampleResult(), payload: { layout: circular, values: new Float32Array(8) } },
      { ...exampleResult(), payload: { layout: exampleLayout, values: new Float32Array(0) } },
      { ...exampleResult(), weight: Infinity },
      { ...exampleResult(), metrics: null },
      { ...exampleResult(), spent: [circular] },
    ];
    const errors: unknown[] = [
      undefined,
      new Error(`\ud800\u0000${'x'.repeat(1_000_000)}`),
      Object.assign(new Error('x'), { name: 'FedwardError', code: '__proto__' }),
      new FedwardError('AUDIT_FAILED', 'the log of the server is full'),
      new FedwardError('ABORTED', 'stop'),
    ];
    const hostile = [
      ...answers.map((answer, i) => fakeClient(`answer-${i}`, () => answer)),
      ...errors.map((error, i) => failing(`error-${i}`, error)),
      constant('__proto__', 1, { metrics: JSON.parse('{"__proto__":{"loss":1},"loss":1}') as Record<string, number> }),
    ];
    const audit = memoryAuditSink();
    const { model, rounds } = await runOf([constant('good', 1), ...hostile], {
      plan: examplePlan({ rounds: 2, onInvalidUpdate: 'drop' }),
      audit,
      checkpoints: memoryCheckpointStore(),
    });
    expect([...model.values]).toEqual(Array(8).fill(2)); // a change of 1 in each of two rounds
    expect(rounds.map(({ participants }) => participants)).toEqual(Array(2).fill(['good', '__proto__']));
    expect(rounds[0]!.dropped).toHaveLength(answers.length + errors.length);
    expect(JSON.stringify(audit.events).length).toBeLessThan(50_000);
    expect(({} as { loss?: number }).loss).toBeUndefined();
  });

  it('fails for weights that are all zero, before anything is applied', async () => {
    const apply = vi.fn();
    const run = runOf([constant('a', 1, { weight: 0 })], { aggregator: meanAggregator({ apply }) });
    await expect(run).rejects.toMatchObject({ code: 'UPDATE_INVALID', subject: 'divisor' });
    expect(apply).not.toHaveBeenCalled();
  });

  it('fails where the new model is not finite', async () => {
    const aggregator = meanAggregator({ apply: (state) => ({ ...state, values: new Float32Array(8).fill(Infinity) }) });
    await expect(runOf([constant('a', 1)], { aggregator })).rejects.toMatchObject({
      code: 'UPDATE_NOT_FINITE',
      subject: '0.dense.kernel',
    });
  });

  it('refuses a selector that asks one client twice, which would charge it once too few', async () => {
    const selector = () => ({ cohort: ['a', 'a'], sampling: { kind: 'all' } as const });
    await expect(runOf([constant('a', 1)], { selector })).rejects.toMatchObject({ subject: 'selector' });
  });

  it('names a client that the selector made up', async () => {
    const selector = () => ({ cohort: ['a', 'nobody'], sampling: { kind: 'all' } as const });
    const { rounds } = await runOf([constant('a', 1)], { selector });
    expect(rounds[0]!.dropped).toMatchObject([{ id: 'nobody', code: 'CLIENT_UNKNOWN' }]);
  });

  it('does not give its reduction what a mechanism has not seen', async () => {
    const add = vi.fn();
    const finish = () => ({ payload: new Float64Array(8), divisor: 1, count: 1 });
    await runOf([constant('a', 1, { weight: 5 })], {
      plan: onePlan({ privacy: { ...examplePrivacy, mechanisms: [{ name: 'm' }] } }),
      mechanisms: [{ name: 'm', requires: [], onReceive: (update) => ({ ...update, weight: 1 }) }],
      aggregator: meanAggregator({ reduce: () => ({ add, finish }) }),
    });
    expect(add).toHaveBeenCalledTimes(1);
    expect(add).toHaveBeenCalledWith(expect.objectContaining({ clientId: 'a', weight: 1 }));
  });
});
