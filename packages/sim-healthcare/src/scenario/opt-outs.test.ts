import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { resumeSimulation, simulate } from '../run/simulate.js';
import { planRun } from '../run/planned-run.js';
import { readPlan } from '../run/run-folder.js';
import { readOptOuts } from './opt-outs.js';
import { study } from './study/study.js';

const schema = {
  columns: [
    { name: 'age', kind: 'numeric' },
    { name: 'bp', kind: 'numeric', missing: 'drop-row' },
  ],
  label: {
    name: 'ill',
    kind: 'class',
    classes: [
      { name: 'well', values: [0] },
      { name: 'ill', values: [1] },
    ],
  },
  patientId: 'patient',
};

function ward(first: number, without = 0): string {
  const rows = Array.from({ length: 40 }, (_, i) =>
    [`p${first + i}`, 30 + ((7 * i) % 50), i < without ? '' : 100 + ((11 * i) % 60), i % 3 === 0 ? 1 : 0].join(','),
  );
  return `patient,age,bp,ill\n${rows.join('\n')}\n`;
}

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'fedward-opt-outs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

const wards = { 'schema.json': JSON.stringify(schema), 'north.csv': ward(0, 2), 'south.csv': ward(100) };
/** Ten of north, the first of whom lacks a value. */
const ten = Array.from({ length: 10 }, (_, i) => `p${i}`);

async function load(list: string, files: Readonly<Record<string, string>> = wards) {
  const dataDir = folderWith(files);
  const lists = folderWith({ list });
  return study.load({ dataDir, seed: 1, optOuts: await readOptOuts(join(lists, 'list')) });
}

describe('patients who opted out', () => {
  it.each([
    ['one id a line', ten.join('\n')],
    ['with the name of the column above, other line ends and blanks', `patient\r\n${ten.join(' \r\n')}\r\n\r\n`],
    ['in a column of a table, in quotes', `day,patient\n${ten.map((id) => `2026-01-01,"${id}"`).join('\n')}\n`],
    ['by semicolons, with a separator in quotes', `note;patient\n${ten.map((id) => `"a;b";${id}`).join('\n')}`],
  ])('leave before anything is counted, %s', async (_, list) => {
    const { hospital, test } = await load(list);
    const { rows, train, test: own, sheet } = hospital('north');
    expect(rows).toEqual({ read: 40, used: 30, dropped: [{ reason: 'opted out', rows: 10 }] });
    expect(train.count + own.count).toBe(30);
    const ids = [...train.patientIds!, ...own.patientIds!, ...test.patientIds!];
    expect(ids.filter((id) => ten.includes(id))).toEqual([]);
    // Also not for a value that they lack.
    expect(sheet!.missing).toEqual([]);
    expect(hospital('south').rows).toEqual({ read: 40, used: 40, dropped: [] });
  });

  it('leave the others on the side that they were on, and scaled by the others alone', async () => {
    const all = await load('p999');
    const some = await load(ten.join('\n'));
    const sideOf = ({ hospital }: typeof all) => new Set(hospital('north').train.patientIds);
    expect([...sideOf(some)]).toEqual([...sideOf(all)].filter((id) => !ten.includes(id)));
    const { features } = some.hospital('north').train;
    const width = 2;
    const column = Array.from({ length: features.length / width }, (_, i) => features[i * width]!);
    expect(column.reduce((sum, value) => sum + value, 0) / column.length).toBeCloseTo(0, 5);
  });

  it('are the same list in another order, and another list with another patient', async () => {
    const lists = folderWith({ a: ten.join('\n'), b: [...ten].reverse().join('\r\n'), c: `${ten.join('\n')}\np11` });
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => readOptOuts(join(lists, name))));
    expect(b!.digest).toBe(a!.digest);
    expect(c!.digest).not.toBe(a!.digest);
  });

  it('are refused where one would be missed: written in another way, in no column, of nobody', async () => {
    const numbered = Object.fromEntries(
      Object.entries(wards).map(([name, text]) => [name, text.replaceAll(/^p(\d+),/gm, '00$1,')]),
    );
    await expect(load('7', numbered)).rejects.toThrow(/written in another way, such as 7 for 007/);
    await expect(load('id,day\np1,2\n')).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: '--opt-outs' });
    await expect(load('\n \n')).rejects.toMatchObject({ code: 'DATA_EMPTY' });
    const { patientId: _, ...nameless } = schema;
    const files = { ...wards, 'schema.json': JSON.stringify(nameless) };
    await expect(load('p1', files)).rejects.toThrow(/names no column of patient ids/);
  });

  it('are refused where a list is no UTF-8: its ids would be nobody’s', async () => {
    const lists = folderWith({ list: ten.join('\n') });
    const path = join(lists, 'list');
    for (const bytes of [
      Buffer.from(`\ufeff${ten.join('\n')}`, 'utf16le'),
      Buffer.from(ten.join('\n'), 'utf16le'),
      Buffer.from('M\u00fcller\np3', 'latin1'),
    ]) {
      writeFileSync(path, bytes);
      await expect(readOptOuts(path)).rejects.toMatchObject({ code: 'FILE_INVALID', subject: path });
    }
    writeFileSync(path, `\ufeff${ten.join('\n')}`);
    expect((await readOptOuts(path)).of(undefined)('p0')).toBe('opted out');
  });

  it('are told where nobody is found, and refused where only capitals differ', async () => {
    const plan = async (list: string) => {
      const optOuts = join(folderWith({ list }), 'list');
      return planRun({ scenario: 'study', dataDir: folderWith(wards), optOuts }, 'r');
    };
    const noticesOf = async (list: string) => (await plan(list)).population.notices ?? [];
    expect(await noticesOf('p-3\np-4')).toEqual([expect.stringContaining('nobody is in the data')]);
    expect(await noticesOf('p3\nq4')).toEqual([]);
    await expect(plan('p3\nP4')).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: '--opt-outs' });
    await expect(plan('p4\nP4')).resolves.toBeDefined();
  });

  it('are refused by scenarios that know no patient ids', async () => {
    const optOuts = join(folderWith({ list: 'p1' }), 'list');
    await expect(planRun({ scenario: 'tutorial', optOuts }, 'r')).rejects.toMatchObject({ subject: '--opt-outs' });
  });

  it('stay out when a run is gone on with, and no other list does', async () => {
    const [dataDir, lists] = [folderWith(wards), folderWith({ list: ten.join('\n') })];
    const optOuts = join(lists, 'list');
    const out = join(lists, 'run');
    const stop = new AbortController();
    const options = { scenario: 'study', dataDir, optOuts, rounds: 2, local: false, workers: 1 };
    const stopped = simulate(options, out, { signal: stop.signal, onRound: () => stop.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    expect((await readPlan(out)).planned.inputs.optOuts).toMatch(/^sha256:/);
    expect(readFileSync(join(out, 'plan.json'), 'utf8')).not.toContain('"p3"');
    writeFileSync(optOuts, ten.slice(1).join('\n'));
    await expect(resumeSimulation(out)).rejects.toThrow(/the list of patients who opted out is another \(--opt-outs\)/);
    writeFileSync(optOuts, ten.join('\n'));
    const { hospitals } = await resumeSimulation(out);
    expect(hospitals.find(({ id }) => id === 'north')!.rows!.dropped).toEqual([{ reason: 'opted out', rows: 10 }]);
  });
});

describe('hospitals that are left out', () => {
  it('take no part in any number', async () => {
    const dataDir = folderWith(wards);
    const { ids, test, inputs, hospital } = await study.load({ dataDir, seed: 1, without: ['north'] });
    expect(ids).toEqual(['south']);
    expect(test.count).toBe(hospital('south').test.count);
    expect(inputs!.hospitals.map(({ id }) => id)).toEqual(['south']);
  });

  it('are refused where there is no such hospital, none is left, or something is made over all', async () => {
    const plan = (without: readonly string[], scenario = 'tutorial') =>
      planRun({ scenario, without, hospitals: 2 }, 'r');
    expect((await plan(['hospital-0'])).population.ids).toEqual(['hospital-1']);
    await expect(plan(['hospital-2'])).rejects.toThrow(
      /--without: there is no hospital hospital-2; there are hospital-0, /,
    );
    await expect(plan(['hospital-0', 'hospital-1'])).rejects.toThrow(/no hospital is left/);
    const all = planRun({ scenario: 'heart-disease-all', without: ['zurich'] }, 'r');
    await expect(all).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: '--without' });
  });
});
