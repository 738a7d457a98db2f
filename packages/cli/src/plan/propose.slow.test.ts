import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { approvalFolder } from '@fedward/compliance';
import { expect, it } from 'vitest';
import { folderOf, run } from '../testing/run.js';

it('simulate --propose leaves a proposal and no run, and policies are read by hospital', async () => {
  const folder = await folderOf({ 'rules.yaml': 'schemaVersion: 1\nname: all\nminimumRecords: 100000\n' });
  const short = ['--scenario', 'tutorial', '--hospitals', '2', '--rounds', '1', '--no-local', '--workers', '1', '--model', 'logistic', '--privacy', 'none']; // prettier-ignore
  const inbox = join(folder, 'inbox');
  const { code, stdout } = await run('simulate', ...short, '--propose', inbox);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^proposed tutorial: .*\nproposal sha256:/)]);
  await run('simulate', ...short, '--rounds', '2', '--propose', inbox);
  const nonces = (await approvalFolder(inbox).proposals()).map(({ proposal }) => proposal.nonce);
  expect([nonces.length, new Set(nonces).size]).toEqual([2, 1]);
  const out = join(folder, 'run');
  const refused = await run('simulate', ...short, '--policy', join(folder, 'rules.yaml'), '--out', out);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('POLICY_REFUSED')]);
  const shown = await run('audit', 'show', out, '--json');
  expect(shown.stdout).toContain('minimumRecords');
  const wrong = await folderOf({ 'hospital-0.yaml': 'schemaVersion: 1\nname: x\nminimum: 1\n' });
  const not = await run('simulate', ...short, '--policy', wrong, '--out', join(folder, 'other'));
  expect([not.code, not.stderr]).toEqual([2, expect.stringContaining('that of hospital-0 is not valid: minimum')]);
  expect(existsSync(join(folder, 'other'))).toBe(false);
});
