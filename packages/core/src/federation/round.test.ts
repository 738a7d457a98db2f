import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { FedwardError } from '../errors.js';
import type { AuditEvent, AuditSink } from '../interfaces/audit.js';
import type { Client, Transport } from '../interfaces/client.js';
import type { FitResult } from '../interfaces/messages.js';
import type { PrivacyMechanism } from '../interfaces/privacy.js';
import { memoryAuditSink } from '../memory/audit.js';
import { memoryCheckpointStore } from '../memory/stores.js';
import { inMemoryTransport } from '../memory/transport.js';
import { SecureNoise } from '../numeric/noise.js';
import { createParameters, digestParameters } from '../parameters.js';
import type { TrainingPlanInput } from '../plan/plan.js';
import {
  exampleFederation,
  exampleLayout,
  exampleResult,
  exampleSites,
  fakeAccountant,
  fakeClient,
  fakeEvent,
  fakeMechanism,
  meanAggregator,
  type MeanState,
} from '../testing/fakes.js';
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import type { Federation } from './federation.js';
import { runFederation } from './run.js';

const onePlan = (changes: Partial<TrainingPlanInput> = {}) => examplePlan({ rounds: 1, ...changes });
const filled = (value: number) => createParameters(exampleLayout, new Float32Array(exampleLayout.size).fill(value));
/** A client whose update is `value` everywhere. */
const constant = (id: string, value: number, changes: Partial<FitResult> = {}): Client =>
  fakeClient(id, ({ round }) =>
    exampleResult({ clientId: id, baseRound: round, payload: filled(value), weight: 1, ...changes }),
  );
const failing = (id: string, error: unknown) => fakeClient(id, () => Promise.reject(error as Error));
const runOf = (clients: Client[], changes: Partial<Federation<MeanState>> = {}) =>
  runFederation(exampleFederation({ plan: onePlan(), transport: inMemoryTransport(clients), ...changes }));

/** Takes events until `fails` says that one can't be written. */
function failingAudit(fails: (event: AuditEvent) => boolean): AuditSink & { readonly events: readonly AuditEvent[] } {
  const memory = memoryAuditSink();
  return {
    ...memory,
    append: (event) =>
      fails(event) ? Promise.reject(new FedwardError('AUDIT_FAILED', 'disk full')) : memory.append(event),
  };
}

describe('a round', () => {
  it('is the mean of its updates', async () => {
    const { model, rounds } = await runOf([
      constant('a', 1, { weight: 1, metrics: { loss: 4 } }),
      constant('b', 5, { weight: 3, metrics: { loss: 8 } }),
    ]);
    expect([...model.values]).toEqual(Array(8).fill(4));
    expect(rounds).toEqual([
      { round: 0, participants: ['a', 'b'], dropped: [], trainLoss: 7, metrics: {}, epsilon: null },
    ]);
  });

  it('sends the cohort the model, the round and the hash of the plan', async () => {
    const fit = vi.fn(() => exampleResult({ clientId: 'a' }));
    const { planHash } = await runOf([fakeClient('a', fit)], { initial: filled(2) });
    expect(fit).toHaveBeenCalledWith(
      { runId: 'run-1', round: 0, planHash, payload: filled(2), instructions: {} },
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
      checkpoints: { save: async () => undefined, load: async () => undefined },
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
        fit: async (...given: Parameters<Client['fit']>) => {
          await sleep(delays[i % delays.length]!);
          return site.fit(...given);
        },
      }));
      const { model } = await runFederation(
        exampleFederation({
          plan,
          transport: inMemoryTransport(late),
          ...(concurrency !== undefined && { concurrency }),
        }),
      );
      return digestParameters(model);
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
    expect([...model.values]).toEqual(Array(8).fill(1));
    expect(rounds.map(({ participants }) => participants)).toEqual(Array(2).fill(['good', '__proto__']));
    expect(rounds[0]!.dropped).toHaveLength(answers.length + errors.length);
    expect(JSON.stringify(audit.events).length).toBeLessThan(50_000);
    expect(({} as { loss?: number }).loss).toBeUndefined();
  });

  it.each([
    ['weights that are all zero', [constant('a', 1, { weight: 0 })]],
    ['weights that add up to Infinity', [constant('a', 1, { weight: 1e308 }), constant('b', 1, { weight: 1e308 })]],
  ])('fails for %s, before anything is applied', async (_, clients) => {
    const apply = vi.fn();
    const run = runOf(clients, { aggregator: meanAggregator({ apply }) });
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

  describe('of mechanisms', () => {
    const named = (...names: string[]) =>
      onePlan({ privacy: { ...examplePrivacy, mechanisms: names.map((name) => ({ name })) } });
    const mechanism = (name: string, hooks: Partial<PrivacyMechanism>): PrivacyMechanism => ({
      name,
      requires: [],
      ...hooks,
    });

    it('runs onReceive in their order, and onRelease in reverse, on the sum before it is divided', async () => {
      const calls: string[] = [];
      const seen: unknown[] = [];
      const hooks = (name: string) =>
        mechanism(name, {
          onReceive(update) {
            calls.push(`receive ${name} ${update.clientId}`);
            return { ...update, payload: { ...update.payload, values: update.payload.values.map((x) => x + 1) } };
          },
          onRelease(aggregate, { noise, round }) {
            calls.push(`release ${name}`);
            seen.push([aggregate.payload[0], aggregate.divisor, aggregate.count, noise.simulationOnly, round]);
            return { ...aggregate, payload: aggregate.payload.map((x) => 2 * x) };
          },
        });
      const mechanisms = [hooks('first'), hooks('second')];
      const { model } = await runOf([constant('a', 1, { weight: 2 }), constant('b', 3, { weight: 2 })], {
        plan: named('first', 'second'),
        mechanisms,
      });
      expect(calls).toEqual([
        'receive first a',
        'receive second a',
        'receive first b',
        'receive second b',
        'release second',
        'release first',
      ]);
      // 2 (1 + 2) + 2 (3 + 2) = 16, not yet divided by 4.
      expect(seen).toEqual([
        [16, 4, 2, true, 0],
        [32, 4, 2, true, 0],
      ]);
      expect([...model.values]).toEqual(Array(8).fill(64 / 4));
    });

    it('drops the client whose update onReceive refuses, and fails on any other error', async () => {
      const refusing = (error: unknown) => ({
        plan: named('m'),
        mechanisms: [
          mechanism('m', {
            onReceive(update) {
              if (update.clientId === 'b') throw error;
              return update;
            },
          }),
        ],
      });
      const clients = [constant('a', 1), constant('b', 1)];
      const { rounds } = await runOf(clients, refusing(new FedwardError('DIGEST_MISMATCH', 'its mask does not fit')));
      expect(rounds[0]!.dropped).toMatchObject([{ id: 'b', code: 'DIGEST_MISMATCH' }]);
      const bug = new TypeError('a bug');
      await expect(runOf(clients, refusing(bug))).rejects.toBe(bug);
    });

    it('takes noise at the server from the source that it was given, else from a secret one', async () => {
      const sources: unknown[] = [];
      const m = mechanism('m', {
        onRelease(aggregate, { noise }) {
          sources.push(noise);
          return aggregate;
        },
      });
      const {
        noise: _,
        simulationOnly: __,
        ...federation
      } = exampleFederation({
        plan: named('m'),
        mechanisms: [m],
        transport: inMemoryTransport([constant('a', 1)]),
      });
      void [_, __];
      expect((await runFederation(federation)).simulationOnly).toBe(false);
      expect(sources[0]).toBeInstanceOf(SecureNoise);
      const seeded = await runFederation({ ...federation, noise: exampleFederation().noise! });
      expect(sources[1]).toMatchObject({ simulationOnly: true });
      expect(seeded.simulationOnly).toBe(true); // nobody has said so but the source itself
    });
  });

  describe('budget', () => {
    const budget = (epsilon: number) => examplePlan({ privacy: { ...examplePrivacy, budget: { epsilon } } });
    const charged = (fit = vi.fn()) =>
      fakeClient('a', (task) => {
        fit();
        return exampleResult({ clientId: 'a', baseRound: task.round, metrics: {}, spent: [fakeEvent], weight: 1 });
      });

    it('refuses a round before anything is sent', async () => {
      const fit = vi.fn();
      const audit = memoryAuditSink();
      const onRound = vi.fn();
      const run = runOf([charged(fit)], {
        plan: budget(0.25),
        mechanisms: [fakeMechanism()],
        accountant: fakeAccountant,
        audit,
        onRound,
      });
      await expect(run).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED', subject: 'a', family: 'run' });
      expect(fit).toHaveBeenCalledTimes(2);
      expect(onRound).toHaveBeenCalledTimes(2);
      expect(onRound.mock.calls.map(([{ epsilon }]) => epsilon as number)).toEqual([0.1, 0.2]);
      expect(audit.events.slice(-3).map(({ type, round }) => [type, round])).toEqual([
        ['aggregation', 1],
        ['refusal', 2],
        ['run-failure', 2],
      ]);
      expect(audit.events.at(-2)!.details).toMatchObject({ code: 'BUDGET_EXCEEDED' });
    });

    it('is of each site: who was not asked has not spent', async () => {
      const selector = vi.fn((ids: readonly string[]) => ({
        cohort: [ids[selector.mock.calls.length % 2]!],
        sampling: { kind: 'all' } as const,
      }));
      const clients = ['a', 'b'].map((id) =>
        fakeClient(id, ({ round }) =>
          exampleResult({ clientId: id, baseRound: round, metrics: {}, spent: [fakeEvent] }),
        ),
      );
      const { privacy } = await runOf(clients, {
        plan: budget(0.2),
        mechanisms: [fakeMechanism()],
        accountant: fakeAccountant,
        selector,
      });
      expect(privacy).toMatchObject({
        epsilon: 0.2,
        perClient: [
          { id: 'a', epsilon: 0.2 },
          { id: 'b', epsilon: 0.2 },
        ],
      });
    });

    it('is charged also to those who drop out', async () => {
      const clients = [charged(), failing('b', new Error('gone'))];
      const { privacy } = await runOf(clients, {
        plan: examplePlan({ privacy: examplePrivacy, rounds: 2 }),
        mechanisms: [fakeMechanism()],
        accountant: fakeAccountant,
      });
      expect(privacy!.perClient).toMatchObject([
        { id: 'a', epsilon: 0.2 },
        { id: 'b', epsilon: 0.2 },
      ]);
    });
  });

  describe('audit', () => {
    it('takes every step, in order', async () => {
      const audit = memoryAuditSink();
      const evaluate = async () => ({ accuracy: 0.5 });
      await runOf([constant('a', 1)], { plan: examplePlan({ rounds: 2 }), audit, evaluate });
      expect(audit.events.map(({ type, round }) => (round === undefined ? type : `${type} ${round}`))).toEqual([
        'run-start',
        'round-start 0',
        'aggregation 0',
        'evaluation 0',
        'round-start 1',
        'aggregation 1',
        'evaluation 1',
        'run-end',
      ]);
      expect(audit.events.every(({ runId, time }) => runId === 'run-1' && time === '2024-01-01T00:00:00.000Z')).toBe(
        true,
      );
    });

    it.each(['run-start', 'round-start'])('that fails at %s: nothing is sent', async (type) => {
      const fit = vi.fn();
      const run = runOf([fakeClient('a', fit)], { audit: failingAudit((event) => event.type === type) });
      await expect(run).rejects.toMatchObject({ code: 'AUDIT_FAILED' });
      expect(fit).not.toHaveBeenCalled();
    });

    it.each(['aggregation', 'dropout'])('that fails at %s: nothing is released, nothing applied', async (type) => {
      const [onRelease, apply, save] = [vi.fn(), vi.fn(), vi.fn()];
      const run = runOf([constant('a', 1), failing('b', new Error('gone'))], {
        plan: onePlan({ privacy: { ...examplePrivacy, mechanisms: [{ name: 'm' }] } }),
        mechanisms: [{ name: 'm', requires: [], onRelease }],
        aggregator: meanAggregator({ apply }),
        audit: failingAudit((event) => event.type === type),
        checkpoints: { save, load: vi.fn() },
      });
      await expect(run).rejects.toMatchObject({ code: 'AUDIT_FAILED' });
      for (const spy of [onRelease, apply, save]) expect(spy).not.toHaveBeenCalled();
    });

    it('is awaited before the release', async () => {
      const order: string[] = [];
      const memory = memoryAuditSink();
      const audit: AuditSink = {
        ...memory,
        append: async (event) => {
          await sleep(10);
          order.push(event.type);
          return memory.append(event);
        },
      };
      const aggregator = meanAggregator();
      await runOf([constant('a', 1)], {
        plan: onePlan({ privacy: { ...examplePrivacy, mechanisms: [{ name: 'm' }] } }),
        mechanisms: [{ name: 'm', requires: [], onRelease: (sum) => (order.push('release'), sum) }],
        aggregator: { ...aggregator, apply: (...given) => (order.push('apply'), aggregator.apply(...given)) },
        audit,
      });
      expect(order).toEqual(['run-start', 'round-start', 'aggregation', 'release', 'apply', 'run-end']);
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

describe('memory', () => {
  it('holds on to no update once it is reduced', async () => {
    const collectGarbage = await garbageCollector();
    const updates: WeakRef<Float32Array>[] = [];
    const alive = () => updates.filter((ref) => ref.deref() !== undefined).length;
    const clients = Array.from({ length: 40 }, (_, i) => `hospital-${i}`);
    let most = 0;
    const transport: Transport = {
      clients: () => clients,
      async fit(clientId, { round, payload }) {
        // A weak reference holds its target until the end of the task in which it was looked at.
        await sleep(1);
        collectGarbage();
        most = Math.max(most, alive());
        await sleep(1);
        const update = exampleResult({
          clientId,
          baseRound: round,
          payload: { ...payload, values: new Float32Array(8) },
        });
        updates.push(new WeakRef(update.payload.values));
        return update;
      },
      evaluate: () => Promise.reject(new Error('not asked for')),
      close: async () => undefined,
    };
    await runFederation(exampleFederation({ plan: examplePlan({ rounds: 2 }), transport, concurrency: 2 }));
    expect(updates).toHaveLength(80);
    // Two under way, one waiting for its turn, one at the reduction.
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(4);
  });
});

async function garbageCollector(): Promise<() => void> {
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
