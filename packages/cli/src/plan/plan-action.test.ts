import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { approvalFolder, proposalOf, type Proposal, type RunSubject } from '@fedward/compliance';
import { parsePlan, planHash } from '@fedward/core';
import { signerOf } from '@fedward/kit-keys';
import { expect, it } from 'vitest';
import { folderOf, run } from '../testing/run.js';

/** A key's file, and its public half. */
function newKey(folder: string, name: string): { readonly file: string; readonly verifierKey: string } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { verifierKey } = signerOf(name, privateKey);
  const value = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
  const file = join(folder, `${name}.key.json`);
  const key = { version: 1, name, type: 'ed25519', created: '2026-03-01T10:00:00.000Z', verifierKey };
  writeFileSync(file, JSON.stringify({ ...key, private: { encoding: 'pkcs8', value } }), { mode: 0o600 });
  return { file, verifierKey };
}

function planOf(rounds: number, learningRate = 0.1) {
  return parsePlan({
    ...{ schemaVersion: 1, name: 'heart', seed: 1, rounds, aggregator: { name: 'fedavg' } },
    model: { inputShape: [3], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' },
    training: {
      trainer: 'wasm',
      batches: { kind: 'shuffle', size: 8, epochs: 1 },
      optimizer: { name: 'sgd', learningRate },
    },
    privacy: { mechanisms: [{ name: 'dp-sgd', options: { clipNorm: 1 } }], accountant: 'pld', delta: 1e-5 },
    about: { question: 'Who has coronary disease?' },
  });
}

function proposal(plan: ReturnType<typeof planOf>, time: string, changes: Partial<RunSubject> = {}): Proposal {
  const subjects = ['north', 'south'].map((hospital) => ({
    ...{ plan: planHash(plan), hospital, dataSheet: `sha256:${hospital}`, schema: null, split: 'by record' },
    ...{ preprocessing: 'none', software: [{ name: 'fedward', version: '0.1.0' }], initial: null, declared: null },
    ...changes,
  }));
  return proposalOf({ name: 'heart', time, nonce: 'ab'.repeat(32), plan, subjects });
}

async function inboxOf() {
  const folder = await folderOf({});
  const inbox = join(folder, 'inbox');
  const store = approvalFolder(inbox);
  const first = await store.addProposal(proposal(planOf(3), '2026-03-01T10:00:00.000Z'));
  const software = [{ name: 'fedward', version: '0.2.0' }];
  const second = await store.addProposal(proposal(planOf(5, 0.2), '2026-03-02T10:00:00.000Z', { software }));
  const [anna, ben] = [newKey(folder, 'anna'), newKey(folder, 'ben')];
  const keys = join(folder, 'keys');
  writeFileSync(keys, `# who may sign\n${anna.verifierKey}\n`);
  return { folder, inbox, first, second, anna, ben, keys };
}

const told = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await run('plan', ...args);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout;
};

it('plan show says what would be done, and what its digests are', async () => {
  const { first } = await inboxOf();
  const text = await told('show', first);
  for (const words of [
    'Who has coronary disease?',
    '8 parameters, inputs 3, dense (units 2, bias true), loss softmax-cross-entropy',
    'wasm, sgd at rate 0.1, batches: kind shuffle, size 8, epochs 1',
    '3, combined by fedavg',
    'all of north, south; a round needs 1 of them',
    'dp-sgd (clipNorm 1); of a record; delta 0.00001, accountant pld',
    'fedward 0.1.0',
    `plan     ${planHash(planOf(3))}`,
  ])
    expect(text).toContain(words);
  expect(JSON.parse(await told('show', first, '--json')).digests.plan).toBe(planHash(planOf(3)));
});

it('plan show has a line for each hospital’s data and for each thing that is declared', async () => {
  const store = approvalFolder(join(await folderOf({}), 'inbox'));
  const declared = { schemaVersion: 1, purpose: 'Who has coronary disease?', laws: ['gdpr'] };
  const plan = parsePlan({ ...planOf(3), initialWeights: 'zeros' });
  const text = await told('show', await store.addProposal(proposal(plan, '2026-03-01T10:00:00.000Z', { declared })));
  expect(text).toMatch(/^data of north: +sha256:north\ndata of south: +sha256:south$/m);
  expect(text).toMatch(/^declared purpose: +Who has coronary disease\?\ndeclared laws: +\["gdpr"\]$/m);
  expect(text).toMatch(/^starts from: +zeros$/m);
});

it('plan approve, diff, inbox and revoke go through a folder', async () => {
  const { inbox, first, second, anna, ben, keys } = await inboxOf();
  const nothing = await run('plan', 'diff', second);
  expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('no other plan that was approved')]);

  const signed = await told(
    'approve',
    first,
    '--key',
    anna.file,
    '--meaning',
    'no objection',
    '--expires',
    '2099-06-30',
  );
  expect(signed).toContain('I have reviewed the plan heart and approve it to run on the data of north, south.');
  expect(signed).toContain('ends at 2099-07-01T00:00:00.000Z');
  const differences = (await told('diff', second)).split('\n').slice(1, -1);
  expect(differences).toEqual([
    '  rounds was 3, is 5',
    '  training.optimizer.learningRate was 0.1, is 0.2',
    '  north: fedward is 0.2.0, approved was 0.1.0',
    '  south: fedward is 0.2.0, approved was 0.1.0',
  ]);
  expect(await told('diff', first, first)).toContain('nothing differs');

  await told('approve', second, '--key', ben.file, '--meaning', 'agreed', '--hospital', 'south');
  const unchecked = await told('inbox', inbox);
  expect(unchecked).toMatch(/anna, for north, south: no objection/);
  expect(unchecked).toMatch(/ben, for south: agreed/);
  expect(unchecked).toContain('Signatures were not checked');
  const checked = await told('inbox', inbox, '--keys', keys);
  expect(checked).not.toContain('ben');
  expect(checked).not.toContain('not checked');

  await told('revoke', planHash(planOf(3)), '--inbox', inbox, '--key', anna.file, '--reason', 'consent withdrawn');
  const [, revoked] = JSON.parse(await told('inbox', inbox, '--keys', keys, '--json')).items;
  expect(revoked.revocations).toMatchObject([{ by: ['anna'], reason: 'consent withdrawn' }]);
  expect((await run('plan', 'diff', second, '--keys', keys)).code).toBe(2);
});

it('plan approve signs nothing with a key that others may read, for another hospital, or until no date', async () => {
  const { inbox, first, anna } = await inboxOf();
  const sign = (...flags: readonly string[]) => run('plan', 'approve', first, '--key', anna.file, '--meaning', 'x', ...flags); // prettier-ignore
  expect((await sign('--hospital', 'east')).stderr).toContain('not for east');
  expect((await sign('--expires', 'soon')).stderr).toContain('--expires: soon is no date');
  expect((await sign('--expires', '2001-01-01')).stderr).toContain('before it begins');
  chmodSync(anna.file, 0o644);
  expect((await sign()).stderr).toContain('KEY_EXPOSED');
  expect(readdirSync(inbox).filter((name) => name.endsWith('.approval'))).toEqual([]);
});

it('plan diff says of proposals of two folders that data can’t be compared', async () => {
  const { first } = await inboxOf();
  const folder = await folderOf({});
  const made = { ...proposal(planOf(3), '2026-03-01T10:00:00.000Z'), nonce: 'cd'.repeat(32) };
  const other = await approvalFolder(folder).addProposal(made);
  expect(await told('diff', first, other)).toContain('data sheets can’t be compared');
});
