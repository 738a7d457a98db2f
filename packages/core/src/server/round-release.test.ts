import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { FedwardError } from '../base/errors.js';
import type { AuditEvent, AuditSink } from '../interfaces/audit.js';
import type { PrivacyMechanism } from '../interfaces/privacy.js';
import { memoryAuditSink } from '../memory/audit.js';
import { memoryCheckpointStore } from '../memory/stores.js';
import { inMemoryTransport } from '../memory/transport.js';
import { SecureNoise } from '../random/noise.js';
import {
  exampleFederation,
  exampleResult,
  fakeAccountant,
  fakeClient,
  fakeEvent,
  fakeMechanism,
  meanAggregator,
} from '../testing/fakes.js';
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import { constant, failing, onePlan, runOf } from '../testing/rounds.js';
import { runFederation } from './run.js';

/** Takes events until `fails` says that one can't be written. */
function failingAudit(fails: (event: AuditEvent) => boolean): AuditSink & { readonly events: readonly AuditEvent[] } {
  const memory = memoryAuditSink();
  return {
    ...memory,
    append: (event) =>
      fails(event) ? Promise.reject(new FedwardError('AUDIT_FAILED', 'disk full')) : memory.append(event),
  };
}

describe('the mechanisms of a round', () => {
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

describe('the budget of a round', () => {
  const budget = (epsilon: number) => examplePlan({ privacy: { ...examplePrivacy, budget: { epsilon } } });
  const charged = (fit = vi.fn()) =>
    fakeClient('a', (task) => {
      fit();
      return exampleResult({
        clientId: 'a',
        baseRound: task.round,
        weight: 1,
        metrics: {},
        spent: [fakeEvent],
      });
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
        exampleResult({ clientId: id, baseRound: round, weight: 1, metrics: {}, spent: [fakeEvent] }),
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

describe('the log of a round', () => {
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
      checkpoints: { ...memoryCheckpointStore(), save },
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
