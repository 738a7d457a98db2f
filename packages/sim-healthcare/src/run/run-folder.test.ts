import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sha256 } from '@fedward/core';
import { tutorial } from '../scenario/tutorial.js';
import { populationOf } from '../scenario/population.js';
import { allInstalled } from '../testing/all-installed.js';
import { buildPlan } from './build-plan.js';
import { assertFresh, claimFolder, readPlan, type PlannedRun } from './run-folder.js';
import { inputsOf } from './run-inputs.js';

const population = populationOf([], {
  ...{ test: {} as never, inputShape: [100], classes: 2 },
  inputs: {
    schema: null,
    split: { by: 'class' },
    preprocessing: null,
    hospitals: [{ id: 'north', data: `sha256:${'0'.repeat(64)}` }],
  },
});
const run: PlannedRun = {
  runId: 'run-1',
  plan: buildPlan(tutorial, population, { scenario: 'tutorial' }, allInstalled),
  inputs: inputsOf(population, []),
  splitSecret: new Uint8Array(32).fill(7),
  simulation: { scenario: 'tutorial', dataDir: 'sets', hospitals: 5, dropRate: 0.25, secureNoise: true, local: false },
};

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'fedward-run-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

describe('plan.json', () => {
  it('is read back as it was written', async () => {
    const directory = await folder();
    const planFile = await claimFolder(directory, run);
    expect(await readPlan(directory)).toEqual({
      planned: { ...run, splitSecret: Buffer.from(run.splitSecret!) },
      planFile,
    });
    expect(planFile).toBe(sha256(await readFile(join(directory, 'plan.json'))));
  });

  it('belongs to the run that wrote it first', async () => {
    const directory = join(await folder(), 'new');
    const runs = Array.from({ length: 5 }, (_, n) => claimFolder(directory, { ...run, runId: `run-${n}` }));
    const settled = await Promise.allSettled(runs);
    const winner = settled.findIndex(({ status }) => status === 'fulfilled');
    for (const [n, result] of settled.entries())
      if (n !== winner)
        expect(result).toMatchObject({ reason: { code: 'CONFIG_INVALID', subject: '--out', message: /another run/ } });
    expect((await readPlan(directory)).planned.runId).toBe(`run-${winner}`);
  });

  it('is refused with any value changed, of the plan or beside it', async () => {
    const directory = await folder();
    const path = join(directory, 'plan.json');
    await claimFolder(directory, run);
    const whole = JSON.parse(await readFile(path, 'utf8')) as object;
    const refused: string[] = [];
    for (const [where, changed] of changes(whole)) {
      await writeFile(path, JSON.stringify(changed));
      await expect(readPlan(directory), where).rejects.toMatchObject({ family: 'configuration' });
      refused.push(where);
    }
    expect(refused).toEqual(
      expect.arrayContaining(['runId', 'planHash', 'digest', 'plan.rounds', 'plan.privacy.delta']),
    );
    expect(refused.filter((where) => where.startsWith('simulation.'))).toHaveLength(6);
  });

  it('tells a changed value from one that is not a plan', async () => {
    const directory = await folder();
    await claimFolder(directory, run);
    const path = join(directory, 'plan.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"secureNoise": true', '"secureNoise": false'));
    await expect(readPlan(directory)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH', subject: path });
    await writeFile(path, text.replace('"secureNoise": true,', ''));
    await expect(readPlan(directory)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  });
});

it.each([['nothing'], ['plan.json.0123456789ab.writing']])(
  'a folder in which a run was killed before it had a plan (%s) takes a new one',
  async (draft) => {
    const directory = await folder();
    if (draft !== 'nothing') await writeFile(join(directory, draft), '{"schemaVersion": 2, "ru');
    await expect(readPlan(directory)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      message: expect.stringContaining('without --resume'),
    });
    await assertFresh(directory);
    await claimFolder(directory, run);
    expect(await readdir(directory)).toEqual(['plan.json', 'split.secret']);
    await writeFile(join(directory, 'plan.json.0123456789ab.writing'), '');
    await expect(assertFresh(directory)).rejects.toMatchObject({ message: expect.stringContaining('already holds') });
  },
);

it('a plan.json from before runs had inputs is refused by name', async () => {
  const directory = await folder();
  await writeFile(join(directory, 'plan.json'), JSON.stringify({ schemaVersion: 1, runId: 'old', simulation: {} }));
  await expect(readPlan(directory)).rejects.toMatchObject({
    code: 'CONFIG_INCOMPATIBLE',
    message: expect.stringContaining('older version'),
  });
});

/** The value once for each of its leaves, with that leaf changed. */
function* changes(value: unknown, path: readonly string[] = []): Generator<[string, unknown]> {
  if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value))
      for (const [where, changed] of changes(member, [...path, key]))
        yield [where, Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed }];
    return;
  }
  const other = typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${String(value)}x`;
  yield [path.join('.'), other];
}
