import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { subjectDifferences } from '@fedward/compliance';
import { planRun } from '../run/planned-run.js';
import { simulate } from '../run/simulate.js';
import { csvFolder } from '../testing/csv-study.js';
import { assertPolicies, parsePolicies, rulesOf } from './rules.js';
import { proposalOfRun } from './subjects.js';

const base = { schemaVersion: 1, name: 'of all' };
const population = { ids: ['north', 'south'] };

it('takes a hospital’s own rules before those of all', () => {
  const policies = parsePolicies({ '*': base, north: { ...base, name: 'of north' } });
  expect(['north', 'south', 'constructor'].map((id) => rulesOf(policies, id)?.name)).toEqual(['of north', 'of all', 'of all']); // prettier-ignore
  expect(rulesOf(parsePolicies({ north: base }), 'toString')).toBeUndefined();
});

it.each<[string, Record<string, unknown> | undefined, string | undefined, RegExp | undefined]>([
  ['rules for all', { '*': base }, undefined, undefined],
  ['rules of nobody', { '*': base, nort: base }, undefined, /there is no hospital nort.*north/],
  ['a hospital without rules', { north: base }, undefined, /there is no policy of south/],
  ['approvals that nobody asks for', { '*': base }, '/x', /no policy asks for approvals/],
  ['approvals without rules', undefined, '/x', /give --policy too/],
  ['approvals nowhere', { '*': { ...base, approvals: { keys: ['k'] } } }, undefined, /say in which folder/],
])('%s', (_, given, approvals, why) => {
  const check = () => assertPolicies({ policies: given && parsePolicies(given), approvals }, population);
  if (why) expect(check).toThrow(why);
  else check();
});

it('names the hospital whose rules are none', () => {
  expect(() => parsePolicies({ north: { ...base, minimum: 5 } })).toThrow(/that of north is not valid: minimum/);
});

it('is asked before the first round', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fedward-policies-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const options = { scenario: 'tutorial', hospitals: 2, rounds: 1, local: false, workers: 1, model: 'logistic' } as const; // prettier-ignore
  const policies = { '*': { ...base, minimumHospitals: 3 } };
  await expect(simulate({ ...options, policies, cohort: 1 }, join(folder, 'other'))).rejects.toMatchObject({
    code: 'POLICY_REFUSED',
  });
});

it('is asked about folds too: whoever approved a run has not approved other trainings on its test records', async () => {
  const dataDir = csvFolder({ north: 60, south: 60 });
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const subjectOf = async (validate?: string) => {
    const options = { scenario: 'csv', dataDir, rounds: 1, ...(validate !== undefined && { validate }) };
    return proposalOfRun(await planRun(options, 'r'), '2026-03-01T00:00:00.000Z', '00'.repeat(32)).subjects[0]!;
  };
  const approved = await subjectOf();
  expect(subjectDifferences(approved, await subjectOf('holdout'))).toEqual([]);
  const another = ['the rule that parts records into train and test part is another'];
  expect(subjectDifferences(approved, await subjectOf('kfold:3'))).toEqual(another);
  expect(subjectDifferences(await subjectOf('kfold:3'), await subjectOf('kfold:4'))).toEqual(another);
});
