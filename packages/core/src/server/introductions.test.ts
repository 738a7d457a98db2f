import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { digestJson } from '../base/digest.js';
import { FedwardError } from '../base/errors.js';
import type { Client } from '../interfaces/client.js';
import type { SiteDescription } from '../interfaces/description.js';
import { memoryAuditSink } from '../memory/audit.js';
import { inMemoryTransport } from '../memory/transport.js';
import { shapesOf } from '../parameters/parameters.js';
import { planHash } from '../plan/plan.js';
import { exampleDescription, exampleFederation, exampleLayout, exampleSite, exampleSites, fakeTrainer, meanAggregator, neverFired } from '../testing/fakes.js'; // prettier-ignore
import { examplePlan } from '../testing/plan.js';
import { exampleQueryPlan, momentsQuery, queryFederation, querySite, querySites } from '../testing/queries.js';
import { strategyThat } from '../testing/strategies.js';
import { runFederation } from './run.js';

const plan = examplePlan({ rounds: 2 });
const runWith = (clients: readonly Client[], changes: Parameters<typeof exampleFederation>[0] = {}) =>
  runFederation(exampleFederation({ plan, transport: inMemoryTransport(clients), ...changes }));
/** A site that describes itself otherwise. */
const saying = (client: Client, changes: object): Client => ({
  ...client,
  describe: async (signal) => ({ ...(await client.describe(signal)), ...changes }),
});

describe('a site says who it is', () => {
  it('what runs there, under which plan, with which promises, and where its log stands', async () => {
    const software = [{ name: 'trainer', version: '1.2.3' }];
    const audit = memoryAuditSink();
    const ledger = { outlivesRuns: true, charge: async () => undefined };
    const site = exampleSite('a', { plan, software, audit, ledger });
    const { software: said, ...rest } = await site.describe(neverFired);
    expect(rest).toEqual({
      ...{ protocol: 1, clientId: 'a', approved: [planHash(plan)], keepsLedger: true, noise: 'seeded', head: null },
      work: {
        ...{ kind: 'training', trainer: 'fake', strategy: 'train-and-subtract' },
        ...{ model: digestJson(shapesOf(exampleLayout)), runsOn: 'a fake' },
      },
    });
    expect(said).toEqual([expect.objectContaining({ name: '@fedward/core' }), ...software]);
    await expect(site.answer({ planHash: 'other' } as never, neverFired)).rejects.toThrow();
    expect((await site.describe(neverFired)).head).toMatchObject({ index: 0 });
    const query = exampleQueryPlan();
    expect((await querySite('a', query).describe(neverFired)).work).toEqual({ kind: 'query', query: 'moments' });
  });

  it('and takes the plan that it has approved, and no other', async () => {
    const site = exampleSite('a', { plan });
    await site.propose(plan, neverFired);
    await expect(site.propose(examplePlan({ rounds: 3 }), neverFired)).rejects.toMatchObject({
      ...{ code: 'PLAN_NOT_APPROVED', subject: 'a' },
    });
  });

  it('is written down before anything is asked', async () => {
    const audit = memoryAuditSink();
    await runWith(exampleSites(plan), { audit });
    const sites = audit.events[0]!.details['sites'] as readonly object[];
    const ids = ['hospital-1', 'hospital-2', 'hospital-3'];
    expect(sites).toMatchObject([{ ids, keepsLedger: false, noise: 'seeded', head: null }]);
    expect(sites[0]).toHaveProperty('software', [expect.stringMatching(/^@fedward\/core \d/)]);
  });

  it('and of those that say the same, once', async () => {
    const audit = memoryAuditSink();
    const [a, b, c] = exampleSites(plan) as [Client, Client, Client];
    await runWith([a, saying(b, { keepsLedger: true }), c], { audit });
    expect(audit.events[0]!.details['sites']).toMatchObject([
      { ids: ['hospital-1', 'hospital-3'], keepsLedger: false },
      { ids: ['hospital-2'], keepsLedger: true },
    ]);
  });

  it('what it trains on, in the log and in the result', async () => {
    const on = (id: string, runsOn: string) =>
      exampleSite(id, { plan, trainer: fakeTrainer({ describe: async () => runsOn }) });
    const audit = memoryAuditSink();
    const clients = [on('hospital-1', 'fake (cpu)'), on('hospital-2', 'fake (gpu)\n\u202e'), on('hospital-3', '  ')];
    const { runsOn } = await runWith(clients, { audit });
    const said = { 'hospital-1': 'fake (cpu)', 'hospital-2': 'fake (gpu)??', 'hospital-3': 'not said' };
    expect(runsOn).toEqual(said);
    expect(audit.events[0]!.details['sites']).toMatchObject(
      Object.entries(said).map(([id, text]) => ({ ids: [id], runsOn: text })),
    );
    const [silent] = exampleSites(plan) as [Client];
    const before = saying(silent, { work: { kind: 'training', trainer: 'fake', strategy: 'train-and-subtract' } });
    expect((await runWith([before, clients[2]!, on('hospital-2', 'x'.repeat(300))])).runsOn).toEqual({
      ...{ 'hospital-2': 'x'.repeat(200), 'hospital-3': 'not said' },
    });
  });

  it('and is refused where what it would train on is not there; once it is, it takes part', async () => {
    let there = false;
    const missing = new FedwardError('CONFIG_INCOMPATIBLE', 'there is no GPU');
    const describe = async () => {
      if (there) return 'fake (gpu)';
      throw missing;
    };
    const site = exampleSite('hospital-1', { plan, trainer: fakeTrainer({ describe }) });
    await expect(site.describe(neverFired)).rejects.toThrow('there is no GPU');
    there = true;
    expect((await site.describe(neverFired)).work).toMatchObject({ runsOn: 'fake (gpu)' });
  });

  it('also of hundreds at once, and of no leak is warned', async () => {
    const warned = vi.fn();
    process.on('warning', warned);
    onTestFinished(() => void process.off('warning', warned));
    const clients = Array.from({ length: 300 }, (_, k) => exampleSite(`site-${k}`, { plan }));
    const audit = memoryAuditSink();
    await runWith(clients, { audit });
    const [{ ids }] = audit.events[0]!.details['sites'] as unknown as [{ readonly ids: readonly string[] }];
    expect(ids).toHaveLength(300);
    await new Promise((resolve) => setImmediate(resolve)); // warnings come a turn later
    expect(warned).not.toHaveBeenCalled();
  });

  it('once a run: it is not asked again with every round', async () => {
    const describing = vi.fn();
    const clients = exampleSites(plan).map((client): Client => ({ ...client, describe: (signal) => (describing(client.id), client.describe(signal)) })); // prettier-ignore
    await runWith(clients);
    expect(describing.mock.calls.map(([id]) => id as string)).toEqual(['hospital-1', 'hospital-2', 'hospital-3']);
  });
});

describe('a site that refuses', () => {
  const [one, two, three] = exampleSites(plan) as [Client, Client, Client];
  const other = exampleSite('hospital-2', { plan: examplePlan({ rounds: 9 }) });

  it('ends the run before round 0 where fewer than the quorum remain, and nothing is sent', async () => {
    const answer = vi.fn();
    const audit = memoryAuditSink();
    const clients = [one, other, three].map((client): Client => ({ ...client, answer }));
    const run = runWith(clients, { plan: examplePlan({ rounds: 2, quorum: 3 }), audit });
    await expect(run).rejects.toMatchObject({ code: 'PLAN_NOT_APPROVED', family: 'configuration' });
    expect(answer).not.toHaveBeenCalled();
    expect(audit.events.map(({ type }) => type)).not.toContain('round-start');
  });

  it('is dropped from each round by its refusal where enough remain, and never sent a task', async () => {
    const answer = vi.fn();
    const { rounds } = await runWith([one, { ...other, answer }, three]);
    for (const { dropped } of rounds) expect(dropped).toMatchObject([{ id: 'hospital-2', code: 'PLAN_NOT_APPROVED' }]);
    expect(answer).not.toHaveBeenCalled();
  });

  it.each<[string, object, RegExp]>([
    ['another protocol', { protocol: 2 }, /hospital-2 speaks protocol 2, the server 1/],
    [
      'another protocol, and nothing else that is known',
      { protocol: 7, approved: undefined, work: 'x' },
      /speaks protocol 7/,
    ],
    ['a version that is too far away', { software: [{ name: '@fedward/core', version: '0.9.0' }] }, /hospital-2 runs fedward 0.9.0, the server 0.1.0: minor versions may be one apart/], // prettier-ignore
    ['another id', { clientId: 'hospital-9' }, /hospital-2 says that it is hospital-9/],
    ['another strategy', { work: { kind: 'training', trainer: 'fake', strategy: 'scaffold' } }, /has the strategy scaffold, the aggregator needs train-and-subtract/], // prettier-ignore
    [
      'a query for a training',
      { work: { kind: 'query', query: 'moments' } },
      /answers a query, the plan trains a model/,
    ],
  ])('is one with %s', async (_, changes, message) => {
    const quorum = examplePlan({ rounds: 2, quorum: 3 });
    const own = (client: Client): Client => saying(client, { approved: [planHash(quorum)] });
    const run = runWith([own(one), saying(own(two), changes), own(three)], { plan: quorum });
    await expect(run).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: 'hospital-2' });
    await expect(run).rejects.toThrow(message);
  });

  it('is one without the half of the strategy that the aggregator has, and not one with it', async () => {
    const aggregator = meanAggregator({ strategy: 'mean' });
    await expect(runWith([one, two, three], { aggregator })).rejects.toThrow(/needs mean there/);
    const strategy = strategyThat(async ({ sent }) => ({ update: sent }));
    const { rounds } = await runWith(exampleSites(plan, { strategy }), { aggregator });
    expect(rounds[0]!.participants).toHaveLength(3);
  });

  it('is one that answers another query, or trains', async () => {
    const query = exampleQueryPlan();
    const work: SiteDescription['work'][] = [
      { kind: 'query', query: 'others' },
      { kind: 'training', trainer: 'fake', strategy: 'train-and-subtract' },
    ];
    for (const other of work) {
      const transport = inMemoryTransport(querySites(query, { query: momentsQuery() }).map((site) => saying(site, { work: other }))); // prettier-ignore
      await expect(runFederation(queryFederation({ transport }))).rejects.toThrow(/does not answer the query moments/);
    }
  });
});

describe('a site that can not be reached at the start', () => {
  it('is met when it is asked, and takes part', async () => {
    const [one, two, three] = exampleSites(plan) as [Client, Client, Client];
    let calls = 0;
    const late: Client = {
      ...two,
      describe: (signal) =>
        calls++ === 0 ? Promise.reject(new FedwardError('CLIENT_UNKNOWN', 'not there yet')) : two.describe(signal),
    };
    const quorum = { plan: examplePlan({ rounds: 2, quorum: 3 }) };
    const approving = [one, late, three].map((client) => ({ ...client, propose: async () => undefined }));
    await expect(runWith(approving, quorum)).rejects.toMatchObject({ code: 'QUORUM_NOT_MET' }); // they run another plan
    calls = 0;
    const { rounds } = await runWith([one, late, three]);
    expect(rounds.map(({ participants }) => participants.length)).toEqual([3, 3]);
    expect(calls).toBe(2);
  });

  it('is dropped from the round where it still can not be, and met in a later one', async () => {
    const [one, two, three] = exampleSites(plan) as [Client, Client, Client];
    let calls = 0;
    const late: Client = {
      ...two,
      describe: (signal) => (calls++ < 2 ? Promise.reject(new Error('not there yet')) : two.describe(signal)),
    };
    const { rounds } = await runWith([one, late, three]);
    expect(rounds.map(({ dropped }) => dropped.map(({ id, code }) => [id, code]))).toEqual([
      [['hospital-2', 'CLIENT_FAILED']],
      [],
    ]);
  });
});

describe('a site that says anything it likes of itself', () => {
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a list', []],
    ['a circle', circular],
    ['no software', exampleDescription('c', { software: undefined as never })],
    ['software that is none', exampleDescription('c', { software: [null] as never })],
    [
      'a million packages',
      exampleDescription('c', { software: Array(1e6).fill({ name: 'x', version: '1' }) as never }),
    ],
    ['a name that no log can write', exampleDescription('c', { software: [{ name: '\ud800', version: '1' }] })],
    [
      'a name of a million characters',
      exampleDescription('c', { software: [{ name: 'x'.repeat(1e6), version: '1' }] }),
    ],
    ['a head that no log can write', exampleDescription('c', { head: { index: 0, root: '\ud800' } })],
    ['a head that is none', exampleDescription('c', { head: { index: -1, root: 'x' } })],
    ['a ledger in words', exampleDescription('c', { keepsLedger: 'yes' as never })],
  ])('such as %s is dropped, and the run goes on', async (_, said) => {
    const inner = inMemoryTransport([...exampleSites(plan), exampleSite('c', { plan })]);
    const client = (id: string): Client =>
      id === 'c' ? { ...inner.client(id), describe: async () => said as SiteDescription } : inner.client(id);
    const audit = memoryAuditSink();
    const { rounds } = await runFederation(exampleFederation({ plan, audit, transport: { ...inner, client } }));
    expect(rounds.map(({ dropped }) => dropped.map(({ id, code }) => [id, code]))).toEqual(
      Array(2).fill([['c', 'MESSAGE_INVALID']]),
    );
    expect(JSON.stringify(audit.events).length).toBeLessThan(20_000);
  });
});
