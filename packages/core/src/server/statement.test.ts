import { describe, expect, it } from 'vitest';
import type { PrivacyMechanism } from '../interfaces/privacy.js';
import { memoryAuditSink } from '../memory/audit.js';
import { digestJson } from '../base/digest.js';
import { inMemoryTransport, onDemandTransport } from '../memory/transport.js';
import { secretRandomness } from '../random/randomness.js';
import type { TrainingPlanInput } from '../plan/plan.js';
import {
  exampleFederation,
  exampleSite,
  exampleSites,
  fakeAccountant,
  fakeEvent,
  fakeMechanism,
} from '../testing/fakes.js';
import { examplePlan, examplePrivacy } from '../testing/plan.js';
import { runFederation } from './run.js';

async function statementOf(mechanism = fakeMechanism(), changes: Partial<TrainingPlanInput> = {}, secret = false) {
  const plan = examplePlan({ rounds: 2, privacy: examplePrivacy, ...changes });
  const audit = memoryAuditSink();
  const {
    simulationOnly: _,
    noise: __,
    ...federation
  } = exampleFederation({
    plan,
    mechanisms: [mechanism],
    accountant: fakeAccountant,
    audit,
    transport: inMemoryTransport(
      exampleSites(plan, { mechanisms: [mechanism], ...(secret && { randomness: secretRandomness() }) }),
    ),
  });
  void [_, __];
  const { privacy } = await runFederation(federation);
  expect(audit.events.at(-1)!.details['privacy']).toEqual(privacy);
  return privacy!;
}

describe('the privacy statement', () => {
  it.each([
    [3, /what was spent in other runs is not in this epsilon: it is in the sites' ledgers/, /not counted/],
    [2, /spent in other runs is not counted, but at the 2 of 3 sites that say they keep a ledger/, /it is in the/],
    [0, /what the same patients spent in other runs is not counted$/, /ledger/],
  ])('says of other runs what %i of 3 sites say of their ledgers', async (keeping, said, unsaid) => {
    const mechanisms = [fakeMechanism()];
    const plan = examplePlan({ privacy: examplePrivacy });
    const ledger = { outlivesRuns: true, charge: async () => undefined };
    const sites = exampleSites(plan, { mechanisms }).map((site, i) =>
      i < keeping ? exampleSite(site.id, { plan, mechanisms, ledger }) : site,
    );
    const transport = inMemoryTransport(sites);
    const federation = exampleFederation({ plan, mechanisms, accountant: fakeAccountant, transport });
    const { assumptions } = (await runFederation(federation)).privacy!;
    expect(assumptions.filter((text) => said.test(text))).toHaveLength(1);
    expect(assumptions.filter((text) => unsaid.test(text))).toEqual([]);
  });

  it('says nothing of a ledger that lives as long as its process: it knows of no other run', async () => {
    const mechanisms = [fakeMechanism()];
    const plan = examplePlan({ privacy: examplePrivacy });
    const transport = inMemoryTransport(exampleSites(plan, { mechanisms, ledger: { charge: async () => undefined } }));
    const federation = exampleFederation({ plan, mechanisms, accountant: fakeAccountant, transport });
    const { assumptions } = (await runFederation(federation)).privacy!;
    expect(assumptions.filter((text) => text.includes('ledger'))).toEqual([]);
  });

  it('says all that its epsilon depends on', async () => {
    const claims = { epsilon: 1, delta: 1e-5, note: 'what the paper says' };
    expect(await statementOf(fakeMechanism({ claims }))).toEqual({
      mechanisms: ['fake'],
      unit: 'record',
      adjacency: 'add-or-remove-one',
      accountant: 'fake',
      delta: 1e-5,
      epsilon: 0.2,
      perClient: [1, 2, 3].map((k) => ({
        id: `hospital-${k}`,
        epsilon: 0.2,
        spent: { type: 'repeated', event: fakeEvent, count: 2 },
      })),
      assumptions: [
        'no amplification by sampling is claimed: each epoch is a shuffled partition',
        'no patient is at two sites',
        'what the same patients spent in other runs is not counted',
        'each site runs the mechanisms of the plan, and lets nothing out beside them',
        'that a site has any records at all is public',
        'simulation only: noise and sampling come from a seed and protect nobody',
      ],
      protects: 'what leaves a site',
      withheld: ['training loss', 'evaluation at the sites', 'number of records'],
      released: ['which sites took part in which rounds'],
      claims: [claims],
    });
  });

  it('does not call a run with secret noise a simulation, and one whose sites alone know does', async () => {
    const isSimulation = (assumptions: readonly string[]) =>
      assumptions.some((text) => text.startsWith('simulation only'));
    expect(isSimulation((await statementOf(fakeMechanism(), {}, true)).assumptions)).toBe(false);
    expect(isSimulation((await statementOf(fakeMechanism(), {}, false)).assumptions)).toBe(true);
  });

  it('says what was sampled, and how', async () => {
    const batches = { kind: 'poisson', probability: 0.25, steps: 3, expectedSize: 8 } as const;
    const training = { trainer: 'fake', batches, optimizer: { name: 'sgd', learningRate: 0.1 } } as const;
    const { assumptions } = await statementOf(fakeMechanism(), { training });
    expect(assumptions[0]).toBe(
      'Poisson sampling: each record is in each step with probability 0.25, independently and in secret',
    );
  });

  it('speaks of no sampling where everyone is in each step', async () => {
    const batches = { kind: 'poisson', probability: 1, steps: 3, expectedSize: 8 } as const;
    const training = { trainer: 'fake', batches, optimizer: { name: 'sgd', learningRate: 0.1 } } as const;
    const { assumptions } = await statementOf(fakeMechanism(), { training });
    expect(assumptions[0]).toBe('no amplification by sampling is claimed: each record is in each step');
  });

  it('says that the number of records is told where it is', async () => {
    const replaceOne = fakeMechanism({ adjacency: 'replace-one' });
    const statement = await statementOf(replaceOne);
    expect(statement.withheld).toEqual(['training loss', 'evaluation at the sites']);
    expect(statement.released[0]).toBe("each site's number of records: its weight, and in the log");
    expect(statement.assumptions.join()).toContain('neighbours have as many training records');
    expect((await statementOf()).assumptions.join()).not.toContain('neighbours');
    const patients = { privacy: { ...examplePrivacy, unit: 'patient' as const } };
    expect((await statementOf(replaceOne, patients)).withheld).toEqual([
      'training loss',
      'evaluation at the sites',
      'number of records',
    ]);
  });

  it.each<[string, Partial<PrivacyMechanism>, string]>([
    ['acts at the site', {}, 'what leaves a site'],
    ['acts on the sum', { onRelease: (aggregate) => aggregate }, 'what leaves the server'],
    ['says so', { protects: 'what leaves the server' }, 'what leaves the server'],
    ['says otherwise', { onRelease: (sum) => sum, protects: 'what leaves a site' }, 'what leaves a site'],
  ])('says of what its epsilon is, for a mechanism that %s', async (_, changes, protects) => {
    const statement = await statementOf(fakeMechanism(changes));
    expect(statement.protects).toBe(protects);
    const atServer = protects === 'what leaves the server';
    expect(statement.released.join().includes('without noise, to the server')).toBe(atServer);
    expect(statement.assumptions.join().includes('nothing is promised against the server')).toBe(atServer);
  });

  it('has null, not a number, for an epsilon that is not bounded', async () => {
    const bare = fakeMechanism({ event: () => ({ type: 'non-private', reason: 'no noise' }) });
    const statement = await statementOf(bare);
    expect(statement.epsilon).toBeNull();
    expect(statement.perClient.map(({ epsilon }) => epsilon)).toEqual([null, null, null]);
  });

  it('lists sites that have left since, which have spent as well', async () => {
    const plan = examplePlan({ rounds: 2, privacy: examplePrivacy });
    const transport = inMemoryTransport(exampleSites(plan, { mechanisms: [fakeMechanism()] }));
    let ids = transport.clients();
    const { privacy } = await runFederation(
      exampleFederation({
        plan,
        mechanisms: [fakeMechanism()],
        accountant: fakeAccountant,
        transport: { ...transport, clients: () => ids },
        onRound: () => (ids = ids.slice(1)),
      }),
    );
    expect(privacy!.perClient.map(({ id, epsilon }) => [id, epsilon])).toEqual([
      ['hospital-3', 0.2],
      ['hospital-1', 0.1],
      ['hospital-2', 0.2],
    ]);
  });

  it.each([
    ['every client of a thousand', 1000, 1000],
    ['of more only those that were asked, which the others were not', 1001, 4],
  ])('lists %s, and so does what is logged', async (_, number, listed) => {
    const ids = Array.from({ length: number }, (_, i) => `client-${i}`);
    const plan = examplePlan({ rounds: 2, privacy: examplePrivacy, cohort: { select: 'uniform', size: 2 } });
    const audit = memoryAuditSink();
    const mechanisms = [fakeMechanism()];
    const { privacy, rounds } = await runFederation(
      exampleFederation({
        plan,
        mechanisms,
        accountant: fakeAccountant,
        audit,
        transport: onDemandTransport(ids, (id) => exampleSite(id, { plan, mechanisms })),
      }),
    );
    const asked = rounds.flatMap(({ participants }) => participants);
    expect(new Set(asked).size).toBe(4);
    expect(privacy!.perClient).toHaveLength(listed);
    const spent = privacy!.perClient.filter(({ epsilon }) => epsilon! > 0).map(({ id }) => id);
    expect(spent.sort()).toEqual([...asked].sort());
    const { clients } = audit.events[0]!.details;
    expect(clients).toEqual(number > 1000 ? { number, digest: digestJson(ids) } : ids);
  });

  it('is absent where nothing has a price', async () => {
    expect((await runFederation(exampleFederation())).privacy).toBeNull();
  });
});
