import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fedward, temporaryFolder } from './support/command.ts';

it('bench peers gives fedward the very workload that it writes for others, and names those that are not there', async () => {
  const out = temporaryFolder();
  const { code, stdout, stderr } = await fedward(
    ...['bench', 'peers', '--quick', '--pairs', '1', '--python', 'no-such-python', '--out', out, '--json'],
  );
  // Records, rounds and steps that differ would have been refused.
  expect([code, stderr]).toEqual([0, expect.stringMatching(/pair 1\/1, fedward: .* accuracy 0\.\d{3}/)]);
  const report = JSON.parse(stdout);
  expect(report.skipped).toEqual([
    expect.stringMatching(/^flower: no-such-python does not run \(pip install /),
    expect.stringMatching(/^nvflare: no-such-python does not run \(pip install /),
    ...(process.platform === 'linux' ? [] : [expect.stringMatching(/^processor seconds and memory/)]),
  ]);
  expect(report.tables[0].rows.map(([program]: string[]) => program)).toEqual(['fedward', 'fedward --no-local']);
  expect(readFileSync(join(out, 'peers.md'), 'utf8')).toContain('nothing here is to be quoted');
});
