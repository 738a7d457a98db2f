import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulate } from '@fedward/sim-healthcare';
import { beforeAll, describe, expect, it } from 'vitest';
import { run } from '../testing/run.js';

const parent = mkdtempSync(join(tmpdir(), 'fedward-withdraw-action-'));
const folder = join(parent, 'run');
beforeAll(async () => {
  await simulate({ scenario: 'tutorial', hospitals: 3, rounds: 1, local: false, workers: 1 }, folder);
  return () => rmSync(parent, { recursive: true });
});

describe('fedward withdraw', () => {
  it('says where a hospital is, and carries the run out again without it', async () => {
    const told = await run('withdraw', folder, '--hospital', 'hospital-1');
    expect(told.code).toBe(0);
    expect(told.stdout).toMatch(/hospital-1[^]*still holds what it learned[^]*costs privacy again/);
    const out = join(parent, 'without');
    const again = await run('withdraw', folder, '--hospital', 'hospital-1', '--rerun', '--out', out, '--json');
    expect(again.code).toBe(0);
    const { runs, rerun } = JSON.parse(again.stdout) as {
      runs: { hospitals: { modelsFrom: number }[] }[];
      rerun: { folder: string };
    };
    expect(runs[0]!.hospitals[0]!.modelsFrom).toBe(0);
    const gone = await run('withdraw', rerun.folder, '--hospital', 'hospital-1');
    expect(gone.code).toBe(2);
    expect(gone.stderr).toMatch(/has no hospital hospital-1; it has hospital-0, hospital-2/);
  });

  it.each([
    ['nobody', ['withdraw', folder], '--hospital'],
    ['both', ['withdraw', folder, '--hospital', 'a', '--patients', 'b'], '--hospital'],
    ['a folder without --rerun', ['withdraw', folder, '--hospital', 'hospital-1', '--out', 'x'], '--out'],
    ['two runs at once', ['withdraw', folder, folder, '--hospital', 'hospital-1', '--rerun', '--out', 'x'], '--rerun'],
  ])('refuses %s', async (_, args, subject) => {
    const { code, stdout } = await run(...args, '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'CONFIG_INVALID', subject } });
  });
});
