import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { approvalFolder, approve } from '@fedward/compliance';
import { signerOf } from '@fedward/kit-keys';
import { expect, it } from 'vitest';
import { folderOf, run } from '../testing/run.js';

const anna = signerOf('anna', generateKeyPairSync('ed25519').privateKey);
const rows = (of: string): string =>
  ['patient,age,ill', ...Array.from({ length: 24 }, (_, i) => `${of}${i},${40 + i},${i % 2}`)].join('\n');
const schema = JSON.stringify({
  patientId: 'patient',
  columns: [{ name: 'age', kind: 'numeric' }],
  label: { name: 'ill', kind: 'class', classes: [{ name: 'well', values: [0] }, { name: 'ill', values: [1] }] }, // prettier-ignore
});

it('a run that was approved is carried out again without patients once that is approved, and not before', async () => {
  const data = await folderOf({ 'north.csv': rows('n'), 'south.csv': rows('s'), 'schema.json': schema });
  const folder = await folderOf({ 'ids.txt': 'n0\nn1\nn2\n' });
  const [inbox, rules] = [join(folder, 'inbox'), join(folder, 'rules.json')];
  writeFileSync(rules, JSON.stringify({ schemaVersion: 1, name: 'all', approvals: { keys: [anna.verifierKey] } }));
  const of = ['--scenario', 'study', '--data', data, '--rounds', '1', '--no-local', '--workers', '1', '--policy', rules, '--approvals', inbox]; // prettier-ignore
  const agree = async () => {
    const proposals = await approvalFolder(inbox).proposals();
    for (const { proposal } of proposals)
      await approvalFolder(inbox).addApproval(approve(proposal, { signer: anna, meaning: 'agreed', time: new Date().toISOString() })); // prettier-ignore
    return proposals.length;
  };
  expect((await run('simulate', ...of, '--propose', inbox)).code).toBe(0);
  await agree();
  const first = join(folder, 'first');
  const simulated = await run('simulate', ...of, '--check', 'warn', '--out', first);
  expect([simulated.code, simulated.stdout]).toEqual([0, expect.stringMatching(/Checked before its first round: \d+ rules pass, 0 fail, /)]); // prettier-ignore
  const again = ['withdraw', first, '--patients', join(folder, 'ids.txt'), '--rerun'];
  const out = ['--out', join(folder, 'second')];
  const refused = await run(...again, ...out);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/not approved: north: .*--rerun --propose puts it before/)]); // prettier-ignore
  expect(readdirSync(folder)).not.toContain('second');
  expect((await run(...again, '--propose', ...out)).stderr).toContain('--out: a run that is proposed leaves no folder');
  const proposed = await run(...again, '--propose');
  expect([proposed.code, proposed.stdout]).toEqual([0, expect.stringMatching(/proposed without them: .*, proposal sha256:/)]); // prettier-ignore
  expect(await agree()).toBe(2);
  const done = await run(...again, ...out);
  expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('run anew without them')]);
});

it('what cannot be proposed is said', async () => {
  const folder = await folderOf({});
  const of = ['--scenario', 'tutorial', '--hospitals', '2', '--rounds', '1', '--no-local', '--workers', '1', '--model', 'logistic']; // prettier-ignore
  expect((await run('simulate', ...of, '--check', '--out', join(folder, 'run'))).code).toBe(0);
  const without = ['withdraw', join(folder, 'run'), '--hospital', 'hospital-1', '--propose'];
  expect((await run(...without)).stderr).toContain('--propose: it is for --rerun');
  expect((await run(...without, '--rerun')).stderr).toContain('no host asks for approvals');
  const resumed = await run('simulate', '--resume', '--check', 'warn', '--out', join(folder, 'run'));
  expect([resumed.code, resumed.stderr]).toEqual([2, expect.stringContaining('--check: a resumed run keeps its plan')]);
});
