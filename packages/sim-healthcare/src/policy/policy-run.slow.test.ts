import { generateKeyPairSync } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { approvalFolder, approve, revoke, type SitePolicyInput } from '@fedward/compliance';
import { planHash } from '@fedward/core';
import { signerOf } from '@fedward/kit-keys';
import { describe, expect, it, onTestFinished } from 'vitest';
import { resumeSimulation, simulate } from '../run/simulate.js';
import { verifyRun } from '../run/verify-run.js';
import type { SimulateOptions } from '../run/options.js';
import { csvFolder } from '../testing/csv-study.js';
import { runEvents } from '../testing/run-events.js';
import { proposeRun } from './propose.js';

const anna = signerOf('anna', generateKeyPairSync('ed25519').privateKey);
const ben = signerOf('ben', generateKeyPairSync('ed25519').privateKey);
const base: SitePolicyInput = { schemaVersion: 1, name: 'of all' };
const approving = { ...base, approvals: { keys: [anna.verifierKey, ben.verifierKey] } };
const tutorial = {
  scenario: 'tutorial',
  hospitals: 3,
  rounds: 2,
  local: false,
  workers: 1,
  model: 'logistic',
} as const;

function folderOf(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fedward-policy-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const time = () => new Date().toISOString();

async function approved(options: SimulateOptions, inbox: string, hospitals?: readonly string[]) {
  const { proposal, digest } = await proposeRun(options, inbox);
  const note = approve(proposal, { signer: anna, meaning: 'no objection', time: time(), hospitals });
  await approvalFolder(inbox).addApproval(note);
  return { proposal, digest };
}

describe('a run behind policies', () => {
  it('comes to the same bits, and its log says which rules each hospital keeps to', async () => {
    const folder = folderOf();
    const open = await simulate(tutorial, join(folder, 'open'));
    const guarded = await simulate({ ...tutorial, policies: { '*': base } }, join(folder, 'guarded'));
    expect(guarded.model.sha256).toBe(open.model.sha256);
    const policies = (await runEvents(join(folder, 'guarded'))).filter(({ type }) => type === 'policy');
    expect(policies.map(({ clientId }) => clientId)).toEqual(['hospital-0', 'hospital-1', 'hospital-2']);
    expect(policies[0]!.details).toEqual({ name: 'of all', policy: expect.stringMatching(/^sha256:/) as string });
    expect(JSON.parse(readFileSync(join(folder, 'guarded', 'plan.json'), 'utf8')).simulation.policies['*']).toMatchObject(base); // prettier-ignore
  });

  it.each<[string, Partial<SitePolicyInput>, Partial<SimulateOptions>, RegExp]>([
    ['too few records', { minimumRecords: 100_000 }, {}, /minimumRecords: there are too few records/],
    ['too few hospitals', { minimumHospitals: 3 }, { cohort: 2 }, /minimumHospitals: 2 hospitals/],
    ['no masks', { requireSecureAggregation: {} }, {}, /name secagg last/],
    ['noise from a seed', { requireSecretNoise: true }, {}, /--secure-noise/],
    [
      'no price',
      { maximumEpsilon: { perRun: 1, delta: 1e-5, unit: 'record' } },
      { privacy: 'none' },
      /nothing in the plan has a price/,
    ],
    ['a price above', { maximumEpsilon: { perRun: 0.9, delta: 1e-5, unit: 'record' } }, { privacy: 'dp-sgd', epsilon: 1, delta: 1e-5 }, /spend epsilon (1|0\.99)\S* at delta 0.00001, the most here is 0.9/], // prettier-ignore
    ['no ledger', { maximumEpsilon: { perRun: 2, inAll: 2, delta: 1e-5, unit: 'record' } }, { privacy: 'dp-sgd', epsilon: 1, delta: 1e-5 }, /run it with --ledger/], // prettier-ignore
    ['no permit', { permit: { dataset: 'tutorial' } }, {}, /permit: the study declares no whole data permit/],
    ['another version', { software: { '@fedward/core': ['9.*'], fedward: ['9.*'] } }, {}, /runs here, allowed is 9/],
  ])('ends before its first round where all refuse: %s', async (_, rules, options, told) => {
    const out = join(folderOf(), 'run');
    const run = simulate({ ...tutorial, ...options, policies: { '*': { ...base, ...rules } } }, out);
    await expect(run).rejects.toMatchObject({ code: 'POLICY_REFUSED', message: expect.stringMatching(told) as string });
    const events = await runEvents(out);
    expect(events.some(({ type }) => type === 'round-start')).toBe(false);
    expect(events.filter(({ type, details }) => type === 'refusal' && details['code'] === 'POLICY_REFUSED')).toHaveLength(3); // prettier-ignore
  });

  it.each<Partial<SimulateOptions>>([
    { aggregator: 'scaffold', optimizer: 'sgd', learningRate: 0.05 },
    { aggregator: 'fedper', model: 'mlp' },
    { aggregator: 'ditto', flags: { 'ditto-lambda': 0.1 } },
    { aggregator: 'fedbuff' },
    { aggregator: 'median' },
    { compression: 'top-k' },
    { compression: 'quantize' },
    { set: { 'evaluation.every': 1 } },
    { secagg: true, set: { 'privacy.mechanisms.0.options.bits': 64 } },
    { privacy: 'central', epsilon: 5, delta: 1e-5 },
    { privacy: 'dp-sgd', epsilon: 5, delta: 1e-5, secagg: true },
  ])('stands in the way of none of what comes with fedward: %j', async (options) => {
    const run = { ...tutorial, privacy: 'none', ...options, policies: { '*': base } };
    const { participation } = await simulate(run, join(folderOf(), 'run'));
    expect(participation!.hospitals.map(({ rounds }) => rounds)).toEqual([2, 2, 2]);
  });

  it('goes on without the one that refuses, whose rules are its own', async () => {
    const folder = folderOf();
    const policies = { '*': base, 'hospital-1': { ...base, minimumRecords: 100_000 } };
    const { participation } = await simulate({ ...tutorial, policies }, join(folder, 'run'));
    expect(participation!.hospitals.map(({ id, rounds }) => [id, rounds])).toContainEqual(['hospital-1', 0]);
  });

  it('keeps what its price allows, and what its ledger has', async () => {
    const folder = folderOf();
    const rules = { ...base, maximumEpsilon: { perRun: 1.01, inAll: 3, delta: 1e-5, unit: 'record' as const } };
    const priced = { ...tutorial, privacy: 'dp-sgd', epsilon: 1, delta: 1e-5, policies: { '*': rules } } as const;
    const within = { ...priced, ledger: join(folder, 'ledgers'), budget: 3 };
    await simulate(within, join(folder, 'run'));
    const beyond = { ...priced, ledger: join(folder, 'others'), budget: 3.5 };
    await expect(simulate(beyond, join(folder, 'other'))).rejects.toThrow(
      /the ledger's budget is 3.5, the most here is 3/,
    );
  });

  it.each<[string, Partial<SimulateOptions>, RegExp]>([
    ['a policy of no hospital', { policies: { '*': base, 'hospital-9': base } }, /no hospital hospital-9/],
    ['a hospital without a policy', { policies: { 'hospital-0': base } }, /no policy of hospital-1/],
    ['approvals that nobody can look up', { policies: { '*': approving } }, /--approvals: plans have to be approved/],
    ['approvals that nobody asks for', { policies: { '*': base }, approvals: '/x' }, /no policy asks for approvals/],
    ['approvals without a policy', { approvals: '/x' }, /give --policy too/],
    ['a member that nobody knows', { policies: { '*': { ...base, minimum: 5 } } }, /--policy is not valid: minimum/],
  ])('is not planned with %s', async (_, options, why) => {
    await expect(simulate({ ...tutorial, ...options }, join(folderOf(), 'run'))).rejects.toThrow(why);
  });
});

describe('a run behind approvals', () => {
  it('runs what was approved, and says by whom', async () => {
    const folder = folderOf();
    const options = { ...tutorial, policies: { '*': approving }, approvals: join(folder, 'inbox') };
    await approved(tutorial, options.approvals);
    await simulate(options, join(folder, 'run'));
    const approvals = (await runEvents(join(folder, 'run'))).filter(({ type }) => type === 'approval');
    expect(approvals).toHaveLength(3);
    expect(approvals[0]!.details).toMatchObject({ key: 'anna', meaning: 'no objection' });
    await expect(simulate({ ...options, rounds: 3 }, join(folder, 'other'))).rejects.toThrow(
      /it is not what was approved for hospital-\d: the plan is another/,
    );
  });

  it('is refused by the hospital whose data were changed, and by no other', async () => {
    const folder = folderOf();
    const dataDir = csvFolder({ north: 24, south: 20 });
    onTestFinished(() => rmSync(dataDir, { recursive: true }));
    const study = { scenario: 'csv', dataDir, rounds: 1, local: false, workers: 1 } as const;
    const options = { ...study, policies: { '*': approving }, approvals: join(folder, 'inbox') };
    await approved(study, options.approvals);
    await simulate(options, join(folder, 'run'));
    const [, ...rows] = readFileSync(join(dataDir, 'north.csv'), 'utf8').trimEnd().split('\n');
    appendFileSync(join(dataDir, 'north.csv'), `${rows[0]}\n`);
    const { participation } = await simulate(options, join(folder, 'changed'));
    expect(participation!.hospitals.map(({ id, rounds }) => [id, rounds])).toEqual([['north', 0], ['south', 1]]); // prettier-ignore
    const reasons = (await runEvents(join(folder, 'changed'))).flatMap(({ type, details }) => (type === 'refusal' ? [details['reason']] : [])); // prettier-ignore
    expect(reasons[0]).toMatch(/not what was approved for north: .*the data sheet is another/);
  });

  it('is for the hospitals that were named, and needs two people where two are asked for', async () => {
    const folder = folderOf();
    const inbox = join(folder, 'inbox');
    const { proposal } = await approved(tutorial, inbox, ['hospital-0', 'hospital-2']);
    const options = { ...tutorial, approvals: inbox };
    const { participation } = await simulate({ ...options, policies: { '*': approving } }, join(folder, 'run'));
    expect(participation!.hospitals.map(({ rounds }) => rounds)).toEqual([2, 0, 2]);
    const two = { ...approving, approvals: { ...approving.approvals, people: 2 as const } };
    await expect(simulate({ ...options, policies: { '*': two } }, join(folder, 'two'))).rejects.toThrow(
      '1 of 2 people',
    );
    await approvalFolder(inbox).addApproval(approve(proposal, { signer: ben, meaning: 'agreed', time: time(), hospitals: ['hospital-0'] })); // prettier-ignore
    await simulate({ ...options, policies: { '*': two } }, join(folder, 'both'));
  });

  it('ends where it is revoked: a resumed run keeps to its policy, and looks again', async () => {
    const folder = folderOf();
    const inbox = join(folder, 'inbox');
    const options = { ...tutorial, rounds: 4 };
    const { proposal } = await approved(options, inbox);
    const out = join(folder, 'run');
    const stop = new AbortController();
    const onRound = ({ round }: { round: number }) => round === 1 && stop.abort();
    const stopped = simulate({ ...options, policies: { '*': approving }, approvals: inbox }, out, { onRound, signal: stop.signal }); // prettier-ignore
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    const of = planHash(proposal.plan);
    await approvalFolder(inbox).addRevocation(revoke(of, { signer: ben, reason: 'consent withdrawn', time: time() }));
    await expect(resumeSimulation(out, {}, { workers: 1 })).rejects.toThrow('it was revoked by ben; 0 of');
  });

  it('is waited for: a run that nobody has approved goes on once somebody has', async () => {
    const folder = folderOf();
    const inbox = join(folder, 'inbox');
    const { proposal } = await proposeRun(tutorial, inbox);
    const options = { ...tutorial, policies: { '*': approving }, approvals: inbox };
    const out = join(folder, 'run');
    await expect(simulate(options, out)).rejects.toThrow(/nothing is approved for hospital-\d/);
    expect(await verifyRun(out)).toMatchObject({ ok: true, state: 'unfinished' });
    await approvalFolder(inbox).addApproval(approve(proposal, { signer: anna, meaning: 'agreed', time: time() }));
    const { participation } = await resumeSimulation(out, {}, { workers: 1 });
    expect(participation!.complete).toBe(true);
  });

  it('is of runs with secret noise too, whose patients are parted anew', async () => {
    const folder = folderOf();
    const inbox = join(folder, 'inbox');
    const secret = { ...tutorial, privacy: 'dp-sgd', epsilon: 1, delta: 1e-5, secureNoise: true } as const;
    await approved(secret, inbox);
    const policies = { '*': { ...approving, requireSecretNoise: true } };
    await simulate({ ...secret, policies, approvals: inbox }, join(folder, 'run'));
  });
});
