import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, planHash } from '@fedward/core';
import { signerOf, signNote } from '@fedward/kit-keys';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newSigner, newStore, proposal, subjectOf, time } from '../testing/approvals.js';
import { askedOf, guardedSite, neverFired, planOf, rulesOf, taskOf } from '../testing/site.js';
import { sitePolicy } from '../policy/site-policy.js';
import { approve, openApproval, readApproval, revoke } from './note.js';
import { parseProposal, proposalDigest } from './proposal.js';
import { subjectDifferences, subjectDigest, type RunSubject } from './subject.js';
import { verifyApprovals } from './verify.js';
import { approvalFolder } from './store.js';

const meaning = 'ethics committee 12/2026, no objection';
const [anna, ben, eve] = ['anna', 'ben', 'eve'].map(newSigner) as [ReturnType<typeof newSigner>, ReturnType<typeof newSigner>, ReturnType<typeof newSigner>]; // prettier-ignore
const keys = [anna.verifierKey, ben.verifierKey];
const now = '2026-03-02T10:00:00.000Z';
const one = { keys, people: 1, now };

async function storeWith(...signers: readonly (typeof anna)[]) {
  const made = await newStore();
  await made.store.addProposal(proposal());
  for (const signer of signers) await made.store.addApproval(approve(proposal(), { signer, meaning, time }));
  return made;
}

describe('an approval', () => {
  it('lets what was approved run, and says who signed what', async () => {
    const { store } = await storeWith(anna);
    const { ok, by, why } = await verifyApprovals(store, subjectOf(), one);
    expect({ ok, why }).toEqual({ ok: true, why: '' });
    expect(by).toMatchObject([{ key: 'anna', meaning, time }]);
  });

  it('is read by people: who, what, where, what the signature means', () => {
    const note = approve(proposal(), { signer: anna, meaning, time, expires: now });
    for (const words of [
      'I have reviewed the plan heart and approve it to run on the data of a, b.',
      meaning,
      planHash(planOf()),
      `Signed at ${time}, ends at ${now}`,
    ])
      // prettier-ignore
      expect(note).toContain(words);
    expect(readApproval(note).names).toEqual(['anna']);
  });

  it.each<[string, Partial<RunSubject>, RegExp]>([
    ['plan', { plan: planHash(planOf({ rounds: 9 })) }, /the plan is another/],
    ['dataSheet', { dataSheet: 'sha256:bb' }, /the data sheet is another/],
    ['schema', { schema: 'sha256:cc' }, /the schema is another/],
    ['split', { split: { test: 0.3 } }, /parts records into train and test part is another/],
    ['preprocessing', { preprocessing: 'scaled' }, /how features are prepared is another/],
    ['software', { software: [{ name: 'fedward', version: '0.1.1' }] }, /fedward is 0.1.1, approved was 0.1.0/],
    ['software more', { software: [...subjectOf().software, { name: 'x', version: '1' }] }, /x 1 was not there/],
    ['initial', { initial: 'sha256:dd' }, /the weights that it starts from is another/],
    ['declared', { declared: { purpose: 'x' } }, /what the study declares is another/],
    ['hospital', { hospital: 'c' }, /nothing is approved for c/],
  ])('is of all that a result depends on: another %s is refused by name', async (_, changes, why) => {
    const { store } = await storeWith(anna);
    const verdict = await verifyApprovals(store, subjectOf(changes), one);
    expect(verdict).toMatchObject({ ok: false, by: [], why: expect.stringMatching(why) as string });
  });

  it('does not hang on the order of software', () => {
    const software = [{ name: 'b', version: '1' }, { name: 'a', version: '2' }]; // prettier-ignore
    const [first, second] = [subjectOf({ software }), subjectOf({ software: [...software].reverse() })];
    expect(subjectDigest(first)).toBe(subjectDigest(second));
    expect(subjectDifferences(first, second)).toEqual([]);
  });

  it('is of the hospitals that it names', async () => {
    const { store } = await newStore();
    await store.addApproval(approve(proposal(), { signer: anna, meaning, time, hospitals: ['b'] }));
    expect((await verifyApprovals(store, subjectOf({ hospital: 'b' }), one)).ok).toBe(true);
    expect((await verifyApprovals(store, subjectOf(), one)).ok).toBe(false);
    expect(() => approve(proposal(), { signer: anna, meaning, time, hospitals: ['c'] })).toThrow('not for c');
  });

  it('needs two people where two are asked for: two keys, whatever they are called', async () => {
    const two = { ...one, people: 2 };
    const { store } = await storeWith(anna, anna);
    expect(await verifyApprovals(store, subjectOf(), two)).toMatchObject({ ok: false, why: '1 of 2 people have approved it' }); // prettier-ignore
    await store.addApproval(approve(proposal(), { signer: eve, meaning, time }));
    expect((await verifyApprovals(store, subjectOf(), two)).ok).toBe(false);
    await store.addApproval(approve(proposal(), { signer: ben, meaning, time }));
    expect((await verifyApprovals(store, subjectOf(), two)).ok).toBe(true);

    const { privateKey } = generateKeyPairSync('ed25519');
    const der = privateKey.export({ format: 'der', type: 'pkcs8' });
    const same = ['x', 'y'].map((name) => signerOf(name, createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })));
    const { store: other } = await storeWith(...same);
    const both = { ...two, keys: same.map(({ verifierKey }) => verifierKey) };
    expect((await verifyApprovals(other, subjectOf(), both)).by).toHaveLength(1);
  });

  it('ends when it says, and is not of tomorrow', async () => {
    const { store } = await newStore();
    await store.addApproval(approve(proposal(), { signer: anna, meaning, time, expires: now }));
    const at = async (moment: string) => (await verifyApprovals(store, subjectOf(), { ...one, now: moment })).why;
    expect(await at('2026-03-02T09:59:59.999Z')).toBe('');
    expect(await at(now)).toContain(`the approval of anna ended at ${now}`);
    expect(await at('2026-02-01T00:00:00.000Z')).toContain('which is not yet');
    expect(() => approve(proposal(), { signer: anna, meaning, time, expires: time })).toThrow('before it begins');
  });

  const note = approve(proposal(), { signer: anna, meaning, time });
  it.each<[string, string]>([
    ['an approval', readApproval(note).digest],
    ['a proposal', proposalDigest(proposal())],
    ['a plan', planHash(planOf())],
    ['what runs at a hospital', subjectDigest(subjectOf())],
  ])('is nothing once it is revoked, in whatever order: by %s', async (_, of) => {
    const revocation = revoke(of, { signer: ben, reason: 'consent form withdrawn', time });
    const { store } = await newStore();
    await store.addRevocation(revocation);
    await store.addApproval(note);
    const later = approve(proposal(), { signer: anna, meaning, time: '2026-03-01T11:00:00.000Z' });
    const { why } = await verifyApprovals(store, subjectOf(), one);
    expect(why).toContain('it was revoked by ben: consent form withdrawn');
    await store.addApproval(later);
    const again = await verifyApprovals(store, subjectOf(), one);
    expect(again.ok).toBe(of === readApproval(note).digest); // a new approval is another than the one that was revoked
  });

  it('stays revoked by a key that was rotated since, which the policy does not know any more', async () => {
    const { store } = await storeWith(anna);
    const rotated = newSigner('ben');
    await store.addRevocation(revoke(planHash(planOf()), { signer: rotated, reason: 'no', time }));
    const verdict = await verifyApprovals(store, subjectOf(), one);
    expect(verdict).toMatchObject({ ok: false, told: expect.stringContaining('it was revoked by ben') as string });
  });

  it('is not revoked by a stranger; a revocation that can’t be read refuses all', async () => {
    const { store, directory } = await storeWith(anna);
    await store.addRevocation(revoke(planHash(planOf()), { signer: eve, reason: 'no', time }));
    expect((await verifyApprovals(store, subjectOf(), one)).ok).toBe(true);
    const real = revoke(planHash(planOf()), { signer: ben, reason: 'no', time });
    await writeFile(join(directory, 'x.revocation'), real.replace('Reason: no', 'Reason: so'));
    expect((await verifyApprovals(store, subjectOf(), one)).why).toContain('can’t be read');
    await writeFile(join(directory, 'x.revocation'), 'nothing');
    expect((await verifyApprovals(store, subjectOf(), one)).ok).toBe(false);
  });

  it('counts for nothing once any character of it is another', async () => {
    for (const [was, is] of [
      ['data of a, b', 'data of a, c'],
      ['no objection', 'an objection'],
      ['2026-03-01', '2026-02-01'],
    ] as const) {
      // prettier-ignore
      const { store } = await newStore();
      await store.addApproval(note.replaceAll(was, is));
      expect((await verifyApprovals(store, subjectOf(), one)).ok).toBe(false);
    }
  });

  it('says the same to people and to programs', () => {
    const [text] = note.split('\n\n') as [string];
    const lying = signNote(`${text.replace('data of a, b', 'data of b')}\n`, anna);
    expect(() => openApproval(lying, [])).toThrow();
    expect(() => readApproval(lying)).toThrow('other words than what it says to programs');
    const made = { ...proposal(), name: 'x\nSigned at never' };
    expect(() => approve(made, { signer: anna, meaning, time })).toThrow('one line');
  });
});

describe('a proposal', () => {
  it('is of one plan, and of each hospital once', () => {
    const file = structuredClone(proposal()) as { -readonly [K in keyof ReturnType<typeof proposal>]: unknown };
    const parse = (changes: object) => parseProposal({ ...file, ...changes }, 'p');
    expect(canonicalJson(parse({}))).toBe(canonicalJson(proposal()));
    expect(() => parse({ plan: planOf({ rounds: 9 }) })).toThrow('another plan');
    expect(() => parse({ subjects: [subjectOf(), subjectOf()] })).toThrow('twice');
    expect(() => parse({ more: 1 })).toThrow('more');
  });

  it('lies in the folder once, whole', async () => {
    const { store, directory } = await newStore();
    expect(await store.addProposal(proposal())).toBe(await store.addProposal(proposal()));
    expect(await readdir(directory)).toHaveLength(1);
    expect((await store.proposals())[0]!.proposal).toEqual(proposal());
    await expect(approvalFolder(join(directory, 'none')).approvals()).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});

describe('a site behind approvals', () => {
  it('runs what was approved for its data, and names what differs', async () => {
    const { store } = await storeWith(anna);
    const policy = { approvals: { keys } };
    const tools = (changes: Partial<RunSubject> = {}) => ({
      approvals: store,
      subjectOf: () => subjectOf(changes),
    });
    const at = { now: () => now };
    const { site, plan } = guardedSite(policy, at, tools());
    await site.propose(plan, neverFired);
    await site.answer(taskOf(plan), neverFired);
    const { site: other, reasons } = guardedSite(policy, at, tools({ dataSheet: 'sha256:bb' }));
    await expect(other.answer(taskOf(plan), neverFired)).rejects.toThrow('a refuses by its rule approvals: it is not what was approved for a: the data sheet is another'); // prettier-ignore
    expect(reasons()).toHaveLength(1);
    await store.addRevocation(revoke(planHash(plan), { signer: ben, reason: 'Mary Smith objects', time }));
    await expect(site.answer(taskOf(plan, { round: 1 }), neverFired)).rejects.toThrow('revoked by ben; 0 of 1');
  });

  it('keeps the words of a revocation to its own log', async () => {
    const { store } = await storeWith(anna);
    await store.addRevocation(revoke(planHash(planOf()), { signer: ben, reason: 'Mary Smith objects', time }));
    const tools = { approvals: store, subjectOf: () => subjectOf() };
    const { site, plan, reasons } = guardedSite({ approvals: { keys } }, { now: () => now }, tools);
    const error: unknown = await site.propose(plan, neverFired).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('revoked by ben');
    expect(String(error)).not.toContain('Smith');
    expect(reasons()).toEqual([expect.stringContaining('it was revoked by ben: Mary Smith objects')]);
  });

  it('refuses where the folder is not there', async () => {
    const store = approvalFolder('/nowhere/at/all');
    const { admits } = sitePolicy(rulesOf({ approvals: { keys } }), { approvals: store, subjectOf: () => subjectOf() });
    await expect(admits(askedOf())).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    const { site, plan } = guardedSite({ approvals: { keys } }, {}, { approvals: store, subjectOf: () => subjectOf() });
    await expect(site.answer(taskOf(plan), neverFired)).rejects.toMatchObject({ code: 'POLICY_REFUSED' });
  });
});
