import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packDocument, withdrawalReport, type PackFacts } from '@fedward/compliance';
import { shownCounts } from '@fedward/data-medical';
import { beforeAll, describe, expect, it } from 'vitest';
import { simulate } from '../run/simulate.js';
import { csvFolder, csvSchema } from '../testing/csv-study.js';
import { evidenceFacts, isInside } from './gather.js';
import { installedPackages } from './installed-packages.js';
import { rerunOptions, withdrawalFacts } from './withdrawal-facts.js';

const parent = mkdtempSync(join(tmpdir(), 'fedward-evidence-'));
const data = withIds(csvFolder({ north: 24, south: 30 }), ['north', 'south']);
const run = join(parent, 'run');
let facts: PackFacts;
beforeAll(async () => {
  await simulate({ scenario: 'study', dataDir: data, rounds: 2, local: false, workers: 1 }, run);
  facts = await evidenceFacts(run);
  return () => [parent, data].forEach((folder) => rmSync(folder, { recursive: true }));
});

/** The same hospitals with a column of patient ids, such as north0. */
function withIds(folder: string, hospitals: readonly string[]): string {
  writeFileSync(join(folder, 'schema.json'), JSON.stringify({ ...csvSchema, patientId: 'patient' }));
  for (const name of hospitals) {
    const [head, ...rows] = readFileSync(join(folder, `${name}.csv`), 'utf8')
      .trim()
      .split('\n');
    const lines = [`patient,${head}`, ...rows.map((row, i) => `${name}${i},${row}`)];
    writeFileSync(join(folder, `${name}.csv`), `${lines.join('\n')}\n`);
  }
  return folder;
}

describe('what a run shows', () => {
  it('is what left each hospital, with its bytes', () => {
    const updates = facts.flows.filter(({ kind }) => kind === 'update');
    expect(updates.map(({ from, round }) => `${from} ${round}`).sort()).toEqual([
      ...['north 0', 'north 1', 'south 0', 'south 1'],
    ]);
    expect(updates.reduce((sum, { bytes }) => sum + bytes!, 0)).toBe(facts.bytes!.received);
    expect(facts.flows.filter(({ kind }) => kind === 'description').map(({ from }) => from)).toEqual([
      'north',
      'south',
    ]);
  });

  it('has neither the secret number nor a digest of data that could be found by trying', async () => {
    const { readPlan } = await import('../run/run-folder.js');
    const { inputs, simulation } = (await readPlan(run)).planned;
    const text = JSON.stringify(facts);
    expect(text).not.toContain(inputs.nonce);
    for (const { data: digest, file, sheet } of inputs.population!.hospitals)
      for (const each of [digest, file, sheet]) if (each !== undefined) expect(text).not.toContain(each);
    expect(text).not.toContain(simulation.dataDir);
  });

  it('is the log, the proofs of its first and last entries, and what lies in the folder', () => {
    expect(facts.run).toMatchObject({ state: 'sealed', ok: true, rounds: 2, hospitals: ['north', 'south'] });
    expect(facts.logs[0]).toMatchObject({ owner: 'coordinator', ok: true });
    expect(facts.proofs.map(({ type }) => type)).toEqual(['run-start', 'run-end', 'run-sealed']);
    expect(facts.kept.map(({ file }) => file)).toContain('result.json');
    expect(facts.copies.map(({ file }) => file)).toContain('cards/model-card.md');
    expect(facts.replay.exact).toBe(true);
  });

  it('tells rows by the rule that the log keeps to', () => {
    const dropped = [{ reason: 'x', rows: facts.minimumCount - 1 }];
    const shown = shownCounts({ rows: { read: 100, used: facts.minimumCount, dropped }, missing: [] });
    expect(shown).toMatchObject({ used: facts.minimumCount, dropped: [{ rows: null }] });
    expect(facts.rows.map(({ hospital, used }) => [hospital, used])).toEqual([
      ['north', 24],
      ['south', 30],
    ]);
  });

  it('is not of what is no run', async () => {
    await expect(evidenceFacts(join(parent, 'nowhere'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(evidenceFacts(join(run, 'plan.json'))).rejects.toThrow(/is a file/);
    expect([isInside('/a/b/c', '/a/b'), isInside('/a/bc', '/a/b'), isInside('/a/b', '/a/b')]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

it('the packages that are installed are what the command depends on, those of npm with their digests', () => {
  const installed = installedPackages();
  const find = (name: string) => installed.find((each) => each.name === name);
  expect(find('@fedward/cli')!.dependsOn.some((ref) => ref.startsWith('@fedward/core@'))).toBe(true);
  expect(find('zod')).toMatchObject({ licence: 'MIT' });
  expect(find('zod')!.integrity).toMatch(/^sha512-/);
  expect(find('vitest')).toBeUndefined();
});

describe('withdrawal', () => {
  it('of a hospital is from every round that it took part in', async () => {
    const { hospitals, models } = await withdrawalFacts(run, { hospital: 'north' });
    expect(hospitals).toMatchObject([{ id: 'north', rounds: [0, 1], ledger: null }]);
    expect(models[0]!.weights).toBe(facts.run.model);
    await expect(withdrawalFacts(run, { hospital: 'nort' })).rejects.toThrow(
      /has no hospital nort; it has north, south/,
    );
  });

  it('of patients finds whose data hold them, and a run without them has none of their rows', async () => {
    const ids = Array.from({ length: 6 }, (_, i) => `north${i}`);
    const patients = join(parent, 'ids.txt');
    writeFileSync(patients, ids.join('\n'));
    const found = await withdrawalFacts(run, { patients });
    expect(found.hospitals.map(({ id }) => id)).toEqual(['north']);
    const { trained, tested } = found.hospitals[0]!.patients!;
    expect(trained + tested).toBe(6);
    expect(withdrawalReport([found], { patients }).runs[0]!.says.join(' ')).toContain('still holds what it learned');

    const again = await simulate({ ...(await rerunOptions(run, { patients })), workers: 1 }, join(parent, 'again'));
    expect(again.hospitals.find(({ id }) => id === 'north')!.rows!.dropped).toEqual([{ reason: 'opted out', rows: 6 }]);
    expect(again.planHash).toBe(facts.run.planHash);
    expect(again.model.sha256).not.toBe(facts.run.model);
    const of = await evidenceFacts(join(parent, 'again'));
    expect(packDocument('participation', of).tables[0]!.rows[0]).toEqual(['north', '24', '18', '6: opted out']);
    expect(of.replay).toMatchObject({ exact: false });
    await expect(rerunOptions(join(parent, 'again'), { patients })).rejects.toMatchObject({ subject: '--patients' });
  });

  it('of a hospital carries the run out again without it', async () => {
    const options = await rerunOptions(run, { hospital: 'south' });
    const again = await simulate({ ...options, workers: 1 }, join(parent, 'without'));
    expect(again.hospitals.map(({ id }) => id)).toEqual(['north']);
    expect(existsSync(join(parent, 'without', 'result.json'))).toBe(true);
  });
});
