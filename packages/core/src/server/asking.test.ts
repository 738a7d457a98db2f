import { afterEach, describe, expect, it, vi } from 'vitest';
import { FedwardError } from '../base/errors.js';
import type { Client } from '../interfaces/client.js';
import type { MechanismCall } from '../interfaces/messages.js';
import type { PrepareContext, PrivacyMechanism, ReleaseContext } from '../interfaces/privacy.js';
import type { State } from '../base/state.js';
import { memoryAuditSink } from '../memory/audit.js';
import { inMemoryTransport } from '../memory/transport.js';
import { planHash } from '../plan/plan.js';
import { exampleFederation, exampleSite, exampleSites, exampleTask, neverFired } from '../testing/fakes.js';
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import { runFederation } from './run.js';

const planOf = (changes: Parameters<typeof examplePlan>[0] = {}) =>
  examplePlan({ rounds: 1, privacy: { ...examplePrivacy, mechanisms: [{ name: 'keys' }] }, ...changes });
const plan = planOf();

/** Its half at a site gives a key when it is first asked in a round, and keeps it until the round is over. */
function keys(changes: Partial<PrivacyMechanism> = {}): PrivacyMechanism {
  let made = 0;
  return {
    name: 'keys',
    requires: [],
    onCall: (body, { kept }) => {
      if (kept.get() === null) kept.set({ key: made++ });
      return [body, kept.get()];
    },
    ...changes,
  };
}

const federationOf = (mechanism: PrivacyMechanism, changes: Partial<Parameters<typeof exampleFederation>[0]> = {}) => {
  const of = changes.plan ?? plan;
  const transport = inMemoryTransport(exampleSites(of, { mechanisms: [mechanism] }));
  return exampleFederation({ plan: of, mechanisms: [mechanism], transport, ...changes });
};

describe('a mechanism that asks', () => {
  it('asks sites before the round and in its release, and each site answers by the same mechanism', async () => {
    const heard: unknown[] = [];
    const mechanism = keys({
      async instruct({ cohort, ask }: PrepareContext) {
        heard.push(await Promise.all(cohort.map((id) => ask(id, { of: id }))));
        return { asked: cohort.length };
      },
      onClient(update, { told, kept, clientId }) {
        heard.push([clientId, told, kept.get()]);
        return update;
      },
      async onRelease(aggregate, { ask, participants }: ReleaseContext) {
        heard.push(await ask(participants[0]!, 'again'));
        return aggregate;
      },
    });
    await runFederation(federationOf(mechanism));
    const ids = ['hospital-1', 'hospital-2', 'hospital-3'];
    expect(heard).toEqual([
      ids.map((id, key) => [{ of: id }, { key }]),
      ...ids.map((id, key) => [id, { asked: 3 }, { key }]),
      ['again', { key: 0 }], // still the key of this round
    ]);
  });

  it('is waited for by the round', async () => {
    const order: string[] = [];
    const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
    const mechanism = keys({
      instruct: async () => (await pause(), order.push('instruct'), {}),
      onClient: async (update) => (await pause(), order.push('site'), update),
      onRelease: async (aggregate) => (await pause(), order.push('release'), aggregate),
    });
    const onRound = () => void order.push('round');
    await runFederation(federationOf(mechanism, { onRound }));
    expect(order).toEqual(['instruct', 'site', 'site', 'site', 'release', 'round']);
  });

  it('leaves a site out of the round: it is not asked, and is named with its reason', async () => {
    const asked: string[] = [];
    const mechanism = keys({
      instruct: ({ leaveOut }) => (leaveOut('hospital-2', new FedwardError('MASK_REFUSED', 'no key')), {}),
      onClient: (update) => (asked.push(update.clientId), update),
    });
    const audit = memoryAuditSink();
    const { rounds } = await runFederation(federationOf(mechanism, { audit }));
    const dropped = { id: 'hospital-2', code: 'MASK_REFUSED', reason: 'no key', weightLost: null };
    expect(rounds[0]).toMatchObject({ participants: ['hospital-1', 'hospital-3'], dropped: [dropped] });
    expect(asked).toEqual(['hospital-1', 'hospital-3']);
    expect(audit.events.find(({ type }) => type === 'dropout')).toMatchObject({ clientId: 'hospital-2' });
  });

  it('reaches no site outside the cohort', async () => {
    const mechanism = keys({ instruct: async ({ ask }) => (await ask('hospital-3', null), {}) });
    const selector = () => ({ cohort: ['hospital-1', 'hospital-2'], sampling: { kind: 'all' } as const });
    await expect(runFederation(federationOf(mechanism, { selector }))).rejects.toMatchObject({
      ...{ code: 'CONFIG_INCOMPATIBLE', subject: 'keys' },
    });
  });

  it('hears who refuses, by its own error', async () => {
    const refusing = keys({
      onCall: () => {
        throw new FedwardError('MASK_REFUSED', 'both halves of a mask', undefined, { family: 'run' });
      },
    });
    const heard: unknown[] = [];
    const asking = keys({
      instruct: async ({ ask }) => {
        await ask('hospital-1', null).catch((error: unknown) => heard.push(error));
        return {};
      },
    });
    const transport = inMemoryTransport(exampleSites(plan, { mechanisms: [refusing] }));
    await runFederation(federationOf(asking, { transport }));
    expect(heard).toEqual([expect.objectContaining({ code: 'MASK_REFUSED', message: 'both halves of a mask' })]);
  });

  it.each<[string, State, RegExp]>([
    [
      'is larger than a mechanism expects',
      'a'.repeat(2 ** 20),
      /^round 0: what hospital-2 answered to keys has more than 1048576 bytes$/,
    ],
    [
      'is no data',
      new Map() as never,
      /^round 0: what hospital-2 answered to keys holds what is no data: \[object Map\]$/,
    ],
    ['is nothing', undefined as never, /no data/],
  ])('refuses an answer that %s, by the name of its site', async (_, told, message) => {
    // prettier-ignore
    const mechanism = keys({
      async instruct({ cohort, ask, leaveOut }) {
        await Promise.all(cohort.map((id) => ask(id, null).catch((error: unknown) => leaveOut(id, error))));
        return {};
      },
    });
    const inner = inMemoryTransport(exampleSites(plan, { mechanisms: [mechanism] }));
    const hostile = (client: Client): Client =>
      client.id === 'hospital-2' ? { ...client, call: async () => told } : client;
    const transport = { ...inner, client: (id: string) => hostile(inner.client(id)) };
    const { rounds } = await runFederation(federationOf(mechanism, { transport }));
    expect(rounds[0]!.participants).toEqual(['hospital-1', 'hospital-3']);
    expect(rounds[0]!.dropped).toMatchObject([
      { id: 'hospital-2', code: 'MESSAGE_INVALID', reason: expect.stringMatching(message) as string },
    ]);
  });

  it('says itself how large an answer may be', async () => {
    const told = new Uint8Array(2 ** 21);
    const asking = async (mostCallBytes: number) => {
      const heard: unknown[] = [];
      const mechanism = keys({
        mostCallBytes,
        onCall: () => told,
        async onRelease(sum, { ask }) {
          const answer = await ask('hospital-1', null).catch(({ code }: FedwardError) => code);
          heard.push(typeof answer === 'string' ? answer : (answer as Uint8Array).length);
          return sum;
        },
      });
      await runFederation(federationOf(mechanism));
      return heard;
    };
    expect(await asking(8 + told.length)).toEqual([told.length]);
    expect(await asking(7 + told.length)).toEqual(['MESSAGE_INVALID']);
    await expect(asking(0)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID', subject: 'mostCallBytes' });
  });

  describe('a silent site', () => {
    afterEach(() => void vi.useRealTimers());

    it.each(['instruct', 'onRelease'] as const)(
      'ends the wait of %s at the deadline, and leaves no timer',
      async (hook) => {
        vi.useFakeTimers();
        const heard: unknown[] = [];
        const ask = async (ask: PrepareContext['ask']) => {
          await ask('hospital-2', null).catch((error: unknown) => heard.push(error));
        };
        const mechanism = keys(
          hook === 'instruct'
            ? { instruct: async (context) => (await ask(context.ask), {}) }
            : { onRelease: async (sum, context) => (await ask(context.ask), sum) },
        );
        const inner = inMemoryTransport(exampleSites(plan, { mechanisms: [mechanism] }));
        const silent = (client: Client): Client => ({ ...client, call: () => new Promise(() => undefined) });
        const transport = { ...inner, client: (id: string) => silent(inner.client(id)) };
        const run = runFederation(federationOf(mechanism, { transport, deadlineSeconds: 20 }));
        await vi.advanceTimersByTimeAsync(19_000);
        expect(heard).toEqual([]);
        await vi.advanceTimersByTimeAsync(2000);
        expect(heard).toEqual([expect.objectContaining({ code: 'DEADLINE_PASSED' })]);
        await run;
        expect(vi.getTimerCount()).toBe(0);
      },
    );

    it('does not keep a run from being stopped', async () => {
      const controller = new AbortController();
      const mechanism = keys({ instruct: async ({ ask }) => (await ask('hospital-2', null), {}) });
      const inner = inMemoryTransport(exampleSites(plan, { mechanisms: [mechanism] }));
      const stopping = (client: Client): Client => ({
        ...client,
        call: () => (queueMicrotask(() => controller.abort()), new Promise(() => undefined)),
      });
      const transport = { ...inner, client: (id: string) => stopping(inner.client(id)) };
      const run = runFederation(federationOf(mechanism, { transport, signal: controller.signal }));
      await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
    });
  });
});

describe("a site's half of a mechanism", () => {
  const callOf = (changes: Partial<MechanismCall> = {}): MechanismCall => ({
    ...{ runId: 'run-1', round: 0, planHash: planHash(long), cohort: ['a', 'b'], mechanism: 'keys', body: null },
    ...changes,
  });
  const long = planOf({ rounds: 3 });
  const siteOf = (changes: Parameters<typeof exampleSite>[1] = {}, id = 'a') =>
    exampleSite(id, { plan: long, mechanisms: [keys()], ...changes });
  const keyOf = (told: State) => (told as [State, { key: number }])[1].key;

  it('has a memory that dies with the round, with the run and with the process', async () => {
    const site = siteOf();
    const key = async (changes: Partial<MechanismCall> = {}) => keyOf(await site.call(callOf(changes), neverFired));
    expect(await key()).toBe(0);
    expect(await key({ body: 'again' })).toBe(0);
    expect(await key({ round: 1 })).toBe(1);
    expect(await key()).toBe(2); // round 0 again: its key is gone
    expect(await key({ runId: 'run-2' })).toBe(3);
    expect(await key({ runId: 'run-2' })).toBe(3);
  });

  it('has a memory of its own at each site, and beside other mechanisms', async () => {
    const two = planOf({ privacy: { ...examplePrivacy, mechanisms: [{ name: 'keys' }, { name: 'others' }] } });
    const kept: State[] = [];
    const other = keys({ name: 'others', onCall: (_, context) => (kept.push(context.kept.get()), null) });
    const site = siteOf({ plan: two, mechanisms: [keys(), other] });
    await site.call(callOf({ planHash: planHash(two) }), neverFired);
    await site.call(callOf({ planHash: planHash(two), mechanism: 'others' }), neverFired);
    expect(kept).toEqual([null]);
  });

  it('sees its round, and no records', async () => {
    const onCall = vi.fn(() => null);
    await siteOf({ mechanisms: [keys({ onCall })] }).call(callOf({ body: { a: 1 } }), neverFired);
    const [body, context] = onCall.mock.calls[0] as unknown as [State, object];
    expect(body).toEqual({ a: 1 });
    expect(Object.keys(context).sort()).toEqual(['clientId', 'cohort', 'kept', 'plan', 'round', 'runId']);
  });

  it('is in the log of its site', async () => {
    const audit = memoryAuditSink();
    await siteOf({ audit }).call(callOf(), neverFired);
    expect(audit.events).toMatchObject([{ type: 'call', clientId: 'a', round: 0, details: { mechanism: 'keys' } }]);
  });

  it.each<[string, string, Partial<MechanismCall>]>([
    ['another plan', 'PLAN_NOT_APPROVED', { planHash: 'sha256:00' }],
    ['a round that the plan does not have', 'PLAN_NOT_APPROVED', { round: 3 }],
    ['a round that is none', 'PLAN_NOT_APPROVED', { round: -1 }],
    ['a mechanism that is not there', 'CONFIG_INCOMPATIBLE', { mechanism: 'other' }],
    ['a mechanism named __proto__', 'CONFIG_INCOMPATIBLE', { mechanism: '__proto__' }],
    ['a cohort that it is not in', 'TASK_INVALID', { cohort: ['b', 'c'] }],
    ['a cohort that is none', 'TASK_INVALID', { cohort: 'a' as never }],
    ['no run', 'TASK_INVALID', { runId: '' }],
    ['a body that is too large', 'TASK_INVALID', { body: new Uint8Array(2 ** 20) }],
    ['a body that is no data', 'TASK_INVALID', { body: [new Date()] as never }],
    ['no body', 'TASK_INVALID', { body: undefined as never }],
  ])('refuses %s, and that is in the log', async (_, code, changes) => {
    const audit = memoryAuditSink();
    const onCall = vi.fn();
    const site = siteOf({ audit, mechanisms: [keys({ onCall })] });
    await expect(site.call(callOf(changes), neverFired)).rejects.toMatchObject({ code });
    expect(onCall).not.toHaveBeenCalled();
    expect(audit.events).toMatchObject([{ type: 'refusal', clientId: 'a', details: { code } }]);
  });

  it('says itself how large a question may be', async () => {
    const body = new Uint8Array(100);
    const site = (mostCallBytes: number) => siteOf({ mechanisms: [keys({ mostCallBytes, onCall: () => 'told' })] });
    expect(await site(108).call(callOf({ body }), neverFired)).toBe('told');
    await expect(site(107).call(callOf({ body }), neverFired)).rejects.toMatchObject({
      ...{ code: 'TASK_INVALID', subject: 'a' },
      message: 'a was sent a call that is none: its body has more than 107 bytes',
    });
  });

  it('refuses a mechanism that answers no calls', async () => {
    const { onCall: _, ...silent } = keys();
    void _;
    await expect(siteOf({ mechanisms: [silent] }).call(callOf(), neverFired)).rejects.toMatchObject({
      ...{ code: 'CONFIG_INCOMPATIBLE', subject: 'keys' },
    });
  });

  it('that refuses a call has that in the log as well', async () => {
    const audit = memoryAuditSink();
    const onCall = () => {
      throw new FedwardError('MASK_REFUSED', 'both halves of a mask');
    };
    const site = siteOf({ audit, mechanisms: [keys({ onCall })] });
    await expect(site.call(callOf(), neverFired)).rejects.toMatchObject({ code: 'MASK_REFUSED' });
    expect(audit.events).toMatchObject([{ type: 'refusal', details: { code: 'MASK_REFUSED' } }]);
  });

  it('tells nothing that its log did not take', async () => {
    const audit = {
      append: () => Promise.reject(new FedwardError('AUDIT_FAILED', 'full')),
      close: async () => undefined,
    };
    await expect(siteOf({ audit }).call(callOf(), neverFired)).rejects.toMatchObject({ code: 'AUDIT_FAILED' });
  });

  it('finds what it kept when its site answers the round', async () => {
    const seen: State[] = [];
    const mechanism = keys({ onClient: (update, { kept }) => (seen.push(kept.get()), update) });
    const site = siteOf({ mechanisms: [mechanism] });
    await site.call(callOf(), neverFired);
    await site.answer(exampleTask({ planHash: planHash(long) }), neverFired);
    await site.answer(exampleTask({ planHash: planHash(long), round: 1 }), neverFired);
    expect(seen).toEqual([{ key: 0 }, null]);
  });
});

describe('sites that are left out before a round', () => {
  it('stand in its report in cohort order, whoever was the first to fail', async () => {
    const leaving = (order: readonly string[]): PrivacyMechanism =>
      keys({
        instruct: ({ leaveOut }) => {
          for (const id of order) leaveOut(id, new FedwardError('CLIENT_FAILED', `${id} is away`));
          return {};
        },
      });
    const reports = await Promise.all(
      [
        ['hospital-1', 'hospital-3'],
        ['hospital-3', 'hospital-1'],
      ].map(async (order) => {
        const audit = memoryAuditSink();
        const { rounds } = await runFederation(federationOf(leaving(order), { audit }));
        return [rounds, audit.events];
      }),
    );
    expect(reports[0]).toEqual(reports[1]);
    expect(reports[0]![0]).toMatchObject([{ dropped: [{ id: 'hospital-1' }, { id: 'hospital-3' }] }]);
  });
});

describe('a site that is called', () => {
  it('says nothing to whom nobody waits for', async () => {
    const onCall = vi.fn(() => 'told');
    const site = exampleSite('hospital-1', { plan, mechanisms: [keys({ onCall })] });
    const call = { runId: 'run-1', round: 0, planHash: planHash(plan), cohort: ['hospital-1'], mechanism: 'keys', body: null }; // prettier-ignore
    await expect(site.call(call, AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(site.call({ ...call, cohort: ['hospital-2'] }, neverFired)).rejects.toMatchObject({
      code: 'TASK_INVALID',
    });
    expect(onCall).not.toHaveBeenCalled();
    expect(await site.call(call, neverFired)).toBe('told');
  });
});
