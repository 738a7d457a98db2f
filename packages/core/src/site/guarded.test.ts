import { describe, expect, it, vi } from 'vitest';
import { FedwardError, wordsOf } from '../base/errors.js';
import type { EvaluateTask, MechanismCall, Task } from '../interfaces/messages.js';
import type { Asked, Leaving, PolicyRefusal, SitePolicy } from '../interfaces/policy.js';
import { memoryAuditSink } from '../memory/audit.js';
import { composeEvents } from '../privacy/events.js';
import { planHash } from '../plan/plan.js';
import { secretRandomness } from '../random/randomness.js';
import { exampleData, exampleSite, exampleTask, fakeEvent, fakeMechanism, fakeTrainer, neverFired } from '../testing/fakes.js'; // prettier-ignore
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import type { SiteOptions } from './options.js';

const plan = examplePlan();
const named = 'Mary Smith, HIV';
const no: PolicyRefusal = { rule: 'a-rule', reason: 'there are 10 records, 50 are needed', told: 'ask for less' };
const taskOf = (changes: Partial<Task> = {}) => exampleTask({ planHash: planHash(plan), ...changes });

/** A policy that refuses as told, and what it was asked. */
function policyOf(changes: Partial<SitePolicy> = {}) {
  const asked: Asked[] = [];
  const leaving: Leaving[] = [];
  const policy: SitePolicy = {
    name: 'test',
    digest: 'sha256:77',
    admits: async (each) => void asked.push(each),
    releases: async (each) => void leaving.push(each),
    ...changes,
  };
  return { policy, asked, leaving };
}

const refusesErrors: SitePolicy['releases'] = async ({ kind }) => (kind === 'error' ? no : undefined);

function siteWith(policy: SitePolicy, changes: Partial<SiteOptions> = {}) {
  const audit = memoryAuditSink();
  return { audit, site: exampleSite('a', { plan, policy, audit, ...changes }) };
}

/** All that is to be read of an error, members and causes included. */
function allOf(error: unknown): string {
  const own = Object.getOwnPropertyNames(error as object).filter((name) => name !== 'stack');
  return own.map((name) => `${name}: ${wordsOf((error as Record<string, unknown>)[name])}`).join('\n');
}

describe("a host's own rules", () => {
  it('are asked before anything is computed, charged or read', async () => {
    const data = vi.fn(async () => exampleData(10));
    const charge = vi.fn(async () => undefined);
    const train = vi.fn(fakeTrainer().train);
    const priced = examplePlan({ privacy: examplePrivacy });
    const { policy } = policyOf({ admits: async () => no });
    const { site, audit } = siteWith(policy, {
      ...{ plan: priced, mechanisms: [fakeMechanism()], data, ledger: { charge }, trainer: fakeTrainer({ train }) },
    });
    const refused = { code: 'POLICY_REFUSED', message: 'a refuses by its rule a-rule: ask for less', subject: 'a' };
    await expect(site.answer(taskOf({ planHash: planHash(priced) }), neverFired)).rejects.toMatchObject(refused);
    await expect(site.propose(priced, neverFired)).rejects.toMatchObject(refused);
    expect([data, charge, train].map(({ mock }) => mock.calls.length)).toEqual([0, 0, 0]);
    expect(audit.events.map(({ type, details }) => ({ type, ...details }))).toEqual(
      [0, 1].map(() => ({ type: 'refusal', code: 'POLICY_REFUSED', rule: 'a-rule', reason: no.reason, policy: 'sha256:77' })), // prettier-ignore
    );
    expect(audit.events.map(({ round }) => round)).toEqual([0, undefined]);
  });

  it('are told what is asked, by whom it is asked, and what it would spend', async () => {
    const priced = examplePlan({ privacy: examplePrivacy, rounds: 3 });
    const { policy, asked } = policyOf();
    const { site } = siteWith(policy, {
      ...{ plan: priced, mechanisms: [fakeMechanism()], dataSheet: 'sha256:d', declared: { purpose: 'research' } },
      ...{ software: [{ name: 'x', version: '1' }], now: () => '2026-01-01T00:00:00.000Z' },
    });
    await site.answer(taskOf({ planHash: planHash(priced) }), neverFired);
    const [first] = asked;
    expect(asked).toHaveLength(1);
    expect(first).toMatchObject({
      ...{ kind: 'answer', clientId: 'a', time: '2026-01-01T00:00:00.000Z', runId: 'run-1', round: 0 },
      ...{ cohort: ['hospital-1', 'a', 'b'], dataSheet: 'sha256:d', declared: { purpose: 'research' } },
      ...{ event: fakeEvent, eventOfPlan: composeEvents(fakeEvent, fakeEvent, fakeEvent), simulationOnly: true },
      software: [{ name: '@fedward/core' }, { name: 'x', version: '1' }],
    });
    expect(await first!.records()).toBe(10);
  });

  it('that fail refuse', async () => {
    const fails = async (): Promise<never> => {
      throw new Error(named);
    };
    const admits = siteWith(policyOf({ admits: fails }).policy);
    const releases = siteWith(policyOf({ releases: fails }).policy);
    for (const { site, audit } of [admits, releases]) {
      const error: unknown = await site.answer(taskOf(), neverFired).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'POLICY_REFUSED' });
      expect(allOf(error)).not.toContain('Smith');
      expect(audit.events.at(-1)).toMatchObject({ type: 'refusal', details: { reason: `a rule failed: ${named}` } });
    }
    expect((await admits.site.describe(neverFired)).approved).toEqual([]);
  });

  it('are the site’s own before those that sites share', async () => {
    const { policy, asked } = policyOf();
    const { policy: other } = policyOf({ admits: async () => no });
    const { siteFactory } = await import('./site.js');
    const make = siteFactory({ plan, trainer: fakeTrainer(), policy: other });
    await make({ id: 'a', data: exampleData(3), policy }).answer(taskOf(), neverFired);
    expect(asked).toHaveLength(1);
    await expect(make({ id: 'b', data: exampleData(3) }).answer(taskOf(), neverFired)).rejects.toThrow('a-rule');
  });

  it('make a site say that it takes no part, and say why when the plan is proposed', async () => {
    const { site } = siteWith(policyOf({ admits: async () => no }).policy);
    expect((await site.describe(neverFired)).approved).toEqual([]);
    const { site: willing } = siteWith(policyOf().policy);
    expect((await willing.describe(neverFired)).approved).toEqual([planHash(plan)]);
    await willing.propose(plan, neverFired);
    await expect(willing.propose({ ...plan, rounds: 9 }, neverFired)).rejects.toMatchObject({ code: 'PLAN_NOT_APPROVED' }); // prettier-ignore
  });

  it.each<[string, object]>([
    ['a round', { round: { x: named } }],
    ['a run', { runId: 7 }],
    ['a cohort', { cohort: { length: 3 } }],
    ['a cohort of numbers', { cohort: [1, 2, 3] }],
    ['a payload', { payload: { values: 'x' } }],
  ])('see nothing of what is malformed: %s', async (_, changes) => {
    const { policy, asked } = policyOf();
    const { site } = siteWith(policy);
    await expect(site.answer(taskOf(changes as Partial<Task>), neverFired)).rejects.toThrow();
    const [key] = Object.keys(changes) as [keyof Asked];
    expect(asked[0]![key] === undefined || asked[0]![key] === '').toBe(true);
  });

  it('look at the same records as the work: they are made once', async () => {
    const data = vi.fn(async () => exampleData(10));
    const { site } = siteWith(policyOf({ admits: async ({ records }) => ((await records()) === 10 ? undefined : no) }).policy, { data }); // prettier-ignore
    await site.answer(taskOf(), neverFired);
    await site.answer(taskOf({ round: 1 }), neverFired);
    expect(data).toHaveBeenCalledTimes(1);
  });
});

describe('what leaves a guarded site', () => {
  const open = examplePlan({ privacy: { mechanisms: [{ name: 'fake' }] } });
  const openTask = (changes: Partial<Task> = {}) => taskOf({ planHash: planHash(open), ...changes });
  const masked = (hooks: Parameters<typeof fakeMechanism>[0]) => {
    const { adjacency: _a, event: _e, gradient: _g, ...bare } = fakeMechanism(hooks);
    return [bare];
  };

  it('has the members of an update, and no window on other memory', async () => {
    const { policy, leaving } = policyOf();
    const { site } = siteWith(policy, {
      plan: open,
      mechanisms: masked({
        onClient: (update) => {
          const memory = new Float32Array(4000).fill(7);
          memory.set(update.payload.values, 100);
          const values = memory.subarray(100, 100 + update.payload.values.length);
          const layout = { ...update.payload.layout, note: named };
          return {
            ...{ ...update, note: named, clientId: 'someone', payload: { layout, values, note: named } },
            ...{ metrics: { loss: 1, who: named }, entry: { entry: named, proof: named }, cosignature: named },
            ...{ spent: [{ type: 'non-private', reason: named }], head: { index: 1, root: named } },
          } as never;
        },
      }),
    });
    const update = await site.answer(openTask(), neverFired);
    expect(update.payload.values.buffer.byteLength).toBe(update.payload.values.byteLength);
    const { head, ...rest } = update;
    expect(JSON.stringify(rest) + JSON.stringify(head)).not.toContain('Smith');
    expect(Object.keys(rest).sort()).toEqual(['baseRound', 'clientId', 'metrics', 'payload', 'simulationOnly', 'spent', 'weight']); // prettier-ignore
    expect(rest).toMatchObject({ clientId: 'a', metrics: { loss: 1 }, spent: [] });
    expect(head).toEqual({ index: 0, root: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect(leaving).toMatchObject([{ kind: 'update', message: update, task: { runId: 'run-1' } }]);
  });

  it('is refused where a rule says so: updates, scores, calls and descriptions', async () => {
    const evaluated = examplePlan({ privacy: { mechanisms: [{ name: 'fake' }] }, evaluation: { every: 1 } });
    const { site, audit } = siteWith(policyOf({ releases: async () => no }).policy, {
      ...{ plan: evaluated, mechanisms: masked({ onCall: () => 'told' }), testData: exampleData(3) },
      metrics: () => ({ loss: 1 }),
    });
    const task = taskOf({ planHash: planHash(evaluated) });
    const { cohort, instructions: _, payload, ...place } = task;
    const call: MechanismCall = { ...place, cohort, mechanism: 'fake', body: null };
    const score: EvaluateTask = { ...place, payload, taken: 0 };
    for (const ask of [
      () => site.answer(task, neverFired),
      () => site.evaluate(score, neverFired),
      () => site.call(call, neverFired),
      () => site.describe(neverFired),
    ])
      await expect(ask()).rejects.toMatchObject({ code: 'POLICY_REFUSED', message: 'a refuses by its rule a-rule: ask for less' }); // prettier-ignore
    expect(audit.events.filter(({ type }) => type === 'refusal')).toHaveLength(4);
  });

  it('has of scores the members that they have', async () => {
    const scored = examplePlan({ evaluation: { every: 1 } });
    const metrics = () => ({ loss: 1, who: named as never });
    const { site } = siteWith(policyOf().policy, { plan: scored, testData: exampleData(3), metrics });
    const { cohort: _c, instructions: _i, ...task } = taskOf({ planHash: planHash(scored), taken: 0 });
    const { head, ...scores } = await site.evaluate(task, neverFired);
    expect(scores).toEqual({ clientId: 'a', weight: 3, metrics: { loss: 1 } });
    expect(head?.index).toBe(0);
  });

  const thrown: [string, unknown][] = [
    ['an error', new Error(named)],
    ['text', named],
    ['an error of ours with a cause', new FedwardError('DATA_MALFORMED', named, named, { cause: new Error(named) })],
    ['one that says it is the policy’s', new FedwardError('POLICY_REFUSED', named, named)],
    ['one that says it was stopped', new FedwardError('ABORTED', named, named)],
    ['one whose code is a word', new FedwardError('MARY_SMITH_HIV', 'why', 'x')],
    ['one with members', Object.assign(new Error('why'), { patient: named })],
  ];

  it.each(thrown)('has no word of what a plugin throws, where errors are not let out: %s', async (_, error) => {
    const trainer = fakeTrainer({
      train: async () => {
        throw error;
      },
    });
    const onFailure = vi.fn();
    const { site, audit } = siteWith(policyOf({ releases: refusesErrors }).policy, { trainer, onFailure });
    const left: unknown = await site.answer(taskOf(), neverFired).catch((each: unknown) => each);
    expect(allOf(left)).not.toMatch(/smith/i);
    expect(left).toMatchObject({ message: 'a failed; ask for less', subject: 'a' });
    expect(onFailure).toHaveBeenCalledWith(error, { runId: 'run-1', round: 0 });
    expect(audit.events.at(-1)).toMatchObject({ type: 'refusal', details: { rule: 'a-rule' } });
  });

  it('has no more of an error than code and words, where they are let out', async () => {
    const error = Object.assign(new FedwardError('MARY_SMITH', 'why', named, { cause: named }), { patient: named });
    const trainer = fakeTrainer({ train: () => Promise.reject(error) });
    const { site } = siteWith(policyOf().policy, { trainer });
    const left: unknown = await site.answer(taskOf(), neverFired).catch((each: unknown) => each);
    expect(allOf(left)).not.toMatch(/smith/i);
    expect(left).toMatchObject({ code: 'CLIENT_FAILED', message: 'why', subject: 'a' });
  });

  it('is said to be stopped only to whom has stopped it', async () => {
    const { site } = siteWith(policyOf({ releases: refusesErrors }).policy, { randomness: secretRandomness() });
    await expect(site.answer(taskOf(), AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('has no word of a log that fails', async () => {
    const audit = { append: () => Promise.reject(new Error(`/home/${named}`)), close: async () => undefined };
    const { site } = siteWith(policyOf({ admits: async () => no, releases: refusesErrors }).policy, { audit });
    const left: unknown = await site.answer(taskOf(), neverFired).catch((each: unknown) => each);
    expect(allOf(left)).not.toContain('Smith');
  });
});
