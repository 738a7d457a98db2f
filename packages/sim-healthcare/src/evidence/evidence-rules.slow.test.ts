import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { approvalFolder, approve, openApproval, packDocument, renderPack, type PackFacts } from '@fedward/compliance';
import { signerOf, verifierOf } from '@fedward/kit-keys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertApproved } from '../policy/approved.js';
import { proposeRun } from '../policy/propose.js';
import type { SimulateOptions } from '../run/options.js';
import { simulate } from '../run/simulate.js';
import { verifyRun } from '../run/verify-run.js';
import { csvFolder, csvSchema } from '../testing/csv-study.js';
import { evidenceFacts } from './gather.js';
import { rerunOptions } from './withdrawal-facts.js';

const parent = mkdtempSync(join(tmpdir(), 'fedward-evidence-rules-'));
const data = csvFolder({ north: 24, south: 30, west: 26 });
const [inbox, run] = [join(parent, 'inbox'), join(parent, 'run')];
const anna = signerOf('anna', generateKeyPairSync('ed25519').privateKey);
const rules = { schemaVersion: 1, name: 'of all' };
const asking = { ...rules, approvals: { keys: [anna.verifierKey] } };
const options: SimulateOptions = {
  ...{ scenario: 'study', dataDir: data, rounds: 1, local: false, workers: 1, check: 'warn' },
  ...{ policies: { north: asking, south: asking, west: rules }, approvals: inbox },
  declared: { schemaVersion: 1, purpose: 'to see', retention: { until: '2020-01-01' } },
};
let facts: PackFacts;

beforeAll(async () => {
  // A column of patient ids, such as north0.
  writeFileSync(join(data, 'schema.json'), JSON.stringify({ ...csvSchema, patientId: 'patient' }));
  for (const name of ['north', 'south', 'west']) {
    const [head, ...rows] = readFileSync(join(data, `${name}.csv`), 'utf8').trim().split('\n'); // prettier-ignore
    writeFileSync(join(data, `${name}.csv`), [`patient,${head}`, ...rows.map((row, i) => `${name}${i},${row}`)].join('\n')); // prettier-ignore
  }
  await approved(options);
  await approvalFolder(inbox).addApproval('no approval at all\n\n— anna AAAA\n');
  await simulate(options, run);
  facts = await evidenceFacts(run);
});
afterAll(() => [parent, data].forEach((folder) => rmSync(folder, { recursive: true })));

async function approved(of: SimulateOptions): Promise<void> {
  const { proposal } = await proposeRun(of, inbox);
  await approvalFolder(inbox).addApproval(approve(proposal, { signer: anna, meaning: 'agreed', time: new Date().toISOString() })); // prettier-ignore
}

describe('a run behind policies, approvals and checks', () => {
  it('keeps the approvals by which hospitals took part, sealed; another, a missing or an added one is named', async () => {
    const [file, ...others] = readdirSync(join(run, 'approvals'));
    expect(others).toEqual([]);
    expect(await verifyRun(run)).toMatchObject({
      ...{ ok: true, state: 'sealed', faults: [], approvals: [`approvals/${file}`] },
    });
    const found = async (name: string, harm: (folder: string) => void) => {
      const folder = join(parent, name);
      cpSync(run, folder, { recursive: true });
      harm(join(folder, 'approvals'));
      const { ok, faults } = await verifyRun(folder);
      return [ok, ...faults.map((fault) => fault.file)];
    };
    const named = [false, `approvals/${file}`];
    expect(await found('swapped', (folder) => writeFileSync(join(folder, file!), 'x'))).toEqual(named);
    expect(await found('missing', (folder) => rmSync(folder, { recursive: true }))).toEqual(named);
    const added = (folder: string) => copyFileSync(join(folder, file!), join(folder, 'f.approval'));
    expect(await found('added', added)).toEqual([false, 'approvals/f.approval']);
  });

  it('has them in its pack, with policies and what each rule came to', () => {
    const { lacking, tables } = packDocument('approvals', facts);
    expect(lacking).toEqual([]);
    expect(tables.map(({ caption, rows }) => [caption, rows.length])).toEqual([
      ['Approvals', 2],
      ['Policies of hospitals', 3],
      ['Checks before the run', 1],
    ]);
    const copy = facts.copies.find(({ file }) => file.startsWith('approvals/'))!;
    expect(openApproval(Buffer.from(copy.content).toString(), [verifierOf(anna.verifierKey)]).said.meaning).toBe(
      'agreed',
    );
    const outcomes = JSON.parse(Buffer.from(facts.copies.find(({ file }) => file === 'check-outcomes.json')!.content).toString()) as { report: string; rules: object[] }; // prettier-ignore
    expect(facts.checks[0]!.details).toMatchObject({ report: outcomes.report, failing: ['gdpr-storage'] });
    expect(outcomes.rules.every((rule) => !('evidence' in rule))).toBe(true);
    expect(outcomes.rules).toContainEqual(expect.objectContaining({ id: 'gdpr-storage', outcome: 'fail' }));
    const files = [...renderPack(facts).keys()];
    expect(files).toEqual(expect.arrayContaining([copy.file, 'check-outcomes.json']));
    expect(files).not.toContain('check.json');
  });

  it('tells no path of its machine, and what is needed to repeat it', () => {
    const text = [...renderPack(facts).values()].map((bytes) => Buffer.from(bytes).toString()).join('\n');
    for (const path of [inbox, data, run]) expect(text).not.toContain(path);
    expect(facts.simulation).toMatchObject({
      approvals: 'a path of its own',
      check: 'warn',
      policies: { west: rules },
    });
    expect(facts.declarations).toMatchObject({ said: { purpose: 'to see' } });
    const { command, exact, notes } = facts.replay;
    expect(command).toContain('--policy "$POLICY" --approvals "$APPROVALS" --declarations "$DECLARATIONS"');
    expect([exact, notes.length]).toEqual([false, 3]);
  });
});

describe('the same without who is withdrawn', () => {
  it('stands behind the rules of the hosts that stay', async () => {
    const again = await rerunOptions(run, { hospital: 'north' });
    expect(Object.keys(again.policies!)).toEqual(['south', 'west']);
    expect(again).toMatchObject({ approvals: inbox, check: 'warn', declared: { purpose: 'to see' } });
    const last = await rerunOptions(run, { hospital: 'west' });
    expect(Object.keys(last.policies!)).toEqual(['north', 'south']);
  });

  it('asks for no approvals where no host that stays does', async () => {
    const folder = join(parent, 'one-asks');
    await simulate({ ...options, policies: { north: asking, south: rules, west: rules } }, folder);
    const { approvals, policies } = await rerunOptions(folder, { hospital: 'north' });
    expect([approvals, Object.keys(policies!)]).toEqual([undefined, ['south', 'west']]);
  });

  it('is not approved where the data are others, until that is proposed and approved', async () => {
    const patients = join(parent, 'patients.txt');
    writeFileSync(patients, ['north0', 'north1', 'north2'].join('\n'));
    const again = { ...(await rerunOptions(run, { patients })), workers: 1 };
    const refused = assertApproved(again, '--rerun');
    await expect(refused).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: '--rerun' });
    await expect(refused).rejects.toThrow(/^--rerun: what would run is not approved: north: it is not what was approved for north/); // prettier-ignore
    await approved(again);
    await assertApproved(again, '--rerun');
    const { participation } = await simulate(again, join(parent, 'without'));
    expect(participation!.hospitals.map(({ rounds }) => rounds)).toEqual([1, 1, 1]);
  });
});
