import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectCsv, readCsvDataset, type InspectOptionsInput } from '../index.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'fedward-inspect-'))));
afterAll(() => rm(folder, { recursive: true }));

/** 60 patients: an id, a name, a quantity, a code with a gap, text codes, nothing at all, and the outcome. */
const rows = Array.from({ length: 60 }, (_, i) =>
  [1000 + i, `Person ${i}`, 20.5 + i, i === 7 ? '?' : i % 3, ['F', 'M'][i % 2], '', i % 4 === 0 ? 1 : 0].join(','),
);
const content = ['patient_id,name,age,stage,sex,nothing,outcome', ...rows].join('\n');

async function inspect(text: string, options?: InspectOptionsInput) {
  const file = join(folder, 'ward.csv');
  await writeFile(file, text);
  return inspectCsv(file, options);
}

describe('inspectCsv', () => {
  it('says what each column holds', async () => {
    const { columns, rows: count } = await inspect(content);
    expect(count).toBe(60);
    expect(columns).toEqual([
      { name: 'patient_id', kind: 'id', missing: 0, different: 60 },
      { name: 'name', kind: 'text', missing: 0 },
      { name: 'age', kind: 'numeric', missing: 0, low: 24, high: 76 }, // five patients are at or below 24.5
      { name: 'stage', kind: 'categorical', missing: 1, levels: [0, 1, 2] },
      { name: 'sex', kind: 'binary', missing: 0, levels: ['F', 'M'] },
      { name: 'nothing', kind: 'empty', missing: 60 },
      { name: 'outcome', kind: 'binary', missing: 0, levels: [0, 1] },
    ]);
  });

  it('proposes a schema by which the file can be read', async () => {
    const { proposedSchema, file } = await inspect(content);
    expect(proposedSchema).toEqual({
      columns: [
        { name: 'age', kind: 'numeric', missing: 'error' },
        { name: 'stage', kind: 'categorical', levels: [0, 1, 2], dropFirst: false, missing: 'drop-row' },
        { name: 'sex', kind: 'binary', levels: ['F', 'M'], missing: 'error' },
      ],
      label: {
        name: 'outcome',
        kind: 'class',
        classes: [
          { name: '0', values: [0] },
          { name: '1', values: [1] },
        ],
        missing: 'error',
      },
      patientId: 'patient_id',
      subgroups: [{ column: 'age', bands: [40, 60, 80] }, { column: 'sex' }],
    });
    const { dataset, rows: counts } = await readCsvDataset(file, proposedSchema!);
    expect(dataset.count).toBe(59);
    expect(counts.dropped).toEqual([{ reason: 'no value in stage', rows: 1 }]);
  });

  it('takes another label', async () => {
    const { proposedSchema } = await inspect(content, { label: 'age' });
    expect(proposedSchema!.label).toEqual({ name: 'age', kind: 'value', missing: 'error' });
    expect(proposedSchema!.columns.map(({ name }) => name)).toEqual(['stage', 'sex', 'outcome']);
    for (const label of ['name', 'nobody', 'nothing'])
      await expect(inspect(content, { label })).rejects.toThrow(/no column ".*" that could be a label/);
  });

  it('shows nothing of columns with many values, nor of rare ones', async () => {
    expect(JSON.stringify(await inspect(content))).not.toMatch(/Person|1001/);
    const few = 'name,age,y\nAnna,30,1\nBert,40,0\n';
    expect(JSON.stringify(await inspect(few))).not.toMatch(/Anna|Bert/);
  });

  it('shows no first row as if it were names', async () => {
    await expect(inspect('63.0,1.0,M\n67.0,1.0,F\n')).rejects.toThrow(/line 1: most of this first line are numbers/);
  });

  it('proposes nothing where nothing could be a feature', async () => {
    expect((await inspect('name\nAnna\n')).proposedSchema).toBeUndefined();
    expect((await inspect('y\n1\n')).proposedSchema).toBeUndefined();
  });

  it('shows a level where enough patients have it, and no other', async () => {
    const comment = (i: number) => (i === 4 ? 'sister of the mayor' : i === 9 ? 'infected' : 'none');
    const ward = ['age,comment,ill', ...Array.from({ length: 40 }, (_, i) => `${40 + i},${comment(i)},${i % 2}`)];
    const found = await inspect(ward.join('\n'));
    expect(JSON.stringify(found)).not.toMatch(/mayor|infected/);
    expect(found.columns[1]).toEqual({
      name: 'comment',
      kind: 'categorical',
      missing: 0,
      levels: ['none'],
      levelsNotShown: 2,
    });
    expect(found.leftOut).toEqual([
      { column: 'comment', why: expect.stringMatching(/^has 2 of its 3 values with fewer than 5/) },
    ]);
    const all = await inspect(ward.join('\n'), { minimumPatients: 1 });
    expect(all.columns[1]!.levels).toEqual(['infected', 'none', 'sister of the mayor']);
  });

  it('counts patients, not rows, where it can tell them apart', async () => {
    const ward = [
      'id,drug,y',
      ...Array.from({ length: 60 }, (_, i) => `${i < 30 ? 1 : i},${i < 30 ? 'rare' : 'usual'},${i % 2}`),
    ];
    const { columns, patients } = await inspect(ward.join('\n'));
    expect(patients).toBe(31);
    expect(columns[1]).toMatchObject({ levels: ['usual'], levelsNotShown: 1 });
  });

  it('shows no patient’s own value as the end of a range', async () => {
    const ages = Array.from({ length: 60 }, (_, i) => (i === 0 ? 103.7 : i === 1 ? 17.2 : 40.25 + i));
    const ward = (patient: (i: number) => number) =>
      ['id,age,y', ...ages.map((age, i) => `${patient(i)},${age},${i % 2}`)].join('\n');
    expect((await inspect(ward((i) => i))).columns[1]).toMatchObject({ kind: 'numeric', low: 45, high: 97 });
    // All of one patient: nothing can be shown.
    expect((await inspect(ward(() => 7))).columns[1]).toEqual({ name: 'age', kind: 'numeric', missing: 0 });
    expect(JSON.stringify(await inspect(ward((i) => i)))).not.toMatch(/103|17\.2/);
  });

  it('says what of it is not public', async () => {
    expect((await inspect(content)).notPublic).toMatch(/is a release that no epsilon pays for/);
  });

  it('says how many cells are no numbers and where the first is, not what it holds', async () => {
    const ward = [
      'patient,age,bp,ill',
      ...Array.from({ length: 40 }, (_, i) => `${i},${30 + i},${i === 5 ? 'n/a' : 100 + i},${i % 2}`),
    ];
    const { columns, leftOut, proposedSchema, notes } = await inspect(ward.join('\n'));
    expect(columns[2]).toEqual({ name: 'bp', kind: 'mixed', missing: 0, notNumbers: { cells: 1, firstLine: 7 } });
    expect(leftOut).toEqual([
      { column: 'bp', why: expect.stringMatching(/^has 1 cell that is no number \(the first on line 7\)/) },
    ]);
    expect(JSON.stringify({ columns, leftOut, notes })).not.toContain('n/a');
    expect(proposedSchema!.columns.map(({ name }) => name)).toEqual(['age']);
    const mended = await inspect(ward.join('\n'), { missing: ['n/a'] });
    expect(mended.proposedSchema).toMatchObject({
      columns: [{ name: 'age' }, { name: 'bp', missing: 'drop-row' }],
      csv: { missing: ['n/a'] },
    });
  });

  it('also where the column is a code', async () => {
    const ward = ['age,ill', ...Array.from({ length: 40 }, (_, i) => `${30 + i},${i === 5 ? 'n/a' : i % 2}`)];
    const { leftOut, notes } = await inspect(ward.join('\n'));
    expect(leftOut).toEqual([{ column: 'ill', why: expect.stringContaining('the first on line 7') }]);
    expect(notes).toEqual([]); // with the label gone there is nothing to propose
  });

  it.each([0, 1])('takes a label of which only %i occurs for a class', async (value) => {
    const ward = ['age,bp,ill', ...Array.from({ length: 40 }, (_, i) => `${30 + i},${100 + i},${value}`)];
    const { proposedSchema, notes } = await inspect(ward.join('\n'));
    expect(proposedSchema!.label).toMatchObject({
      name: 'ill',
      kind: 'class',
      classes: [
        { name: '0', values: [0] },
        { name: '1', values: [1] },
      ],
    });
    expect(notes).toEqual(['"ill" has only one of 0 and 1 in this file.']);
  });

  it('takes few rows of 0 and 1 for classes too, and tells of none that few patients have', async () => {
    const ward = ['age,ill', ...Array.from({ length: 8 }, (_, i) => `${30 + i},${i === 3 ? 1 : 0}`)].join('\n');
    const { proposedSchema, columns } = await inspect(ward);
    expect(proposedSchema!.label.kind).toBe('class');
    expect(columns[1]).toMatchObject({ kind: 'binary', levels: [0], levelsNotShown: 1 });
  });

  it('says where the label is a guess', async () => {
    const ward = ['age,bp,remark', ...Array.from({ length: 40 }, (_, i) => `${30 + i},${100 + i},text ${i}`)];
    const { notes } = await inspect(ward.join('\n'));
    expect(notes).toEqual([expect.stringMatching(/^The label is a guess: "remark" comes last, and is text with many/)]);
  });

  it('counts different ids, and finds numbers in two spellings', async () => {
    const ids = (write: (i: number) => string) =>
      ['patient,age,ill', ...Array.from({ length: 40 }, (_, i) => `${write(i)},${30 + i},${i % 2}`)].join('\n');
    const twice = await inspect(ids((i) => (i < 20 ? `${i + 1}` : `${i - 19}.0`)));
    expect(twice.patients).toBe(20);
    expect(twice.notes).toEqual([
      expect.stringMatching(/"patient" has one number in two spellings, first on lines 2 and 22/),
    ]);
    expect((await inspect(ids((i) => `${i + 1}`))).notes).toEqual([]);
  });

  it('finds semicolons and decimal commas, and proposes to read by them', async () => {
    const ward = [
      'patient;age;bp;ill',
      ...Array.from({ length: 40 }, (_, i) => `${i};${30 + i};${100 + i},5;${i % 2}`),
    ];
    const { proposedSchema, file, columns } = await inspect(ward.join('\n'));
    expect(columns[2]).toMatchObject({ kind: 'numeric' });
    const { csv, ...schema } = proposedSchema!;
    expect(csv).toEqual({ delimiter: ';', decimal: ',' });
    expect((await readCsvDataset(file, schema, csv)).dataset.features[1]).toBe(100.5);
  });

  it('does not guess whether commas part thousands', async () => {
    const ward = (write: (i: number) => string) =>
      [
        'patient;leucocytes;age;ill',
        ...Array.from({ length: 40 }, (_, i) => `${i};${write(i)};${30 + i};${i % 2}`),
      ].join('\n');
    for (const write of [(i: number) => `${1 + i},${200 + i}`, (i: number) => (i < 15 ? '950' : `1,0${10 + i}`)]) {
      const { proposedSchema, leftOut } = await inspect(ward(write));
      expect(proposedSchema!.columns.map(({ name }) => name)).toEqual(['age']);
      expect(proposedSchema!.csv).toEqual({ delimiter: ';' });
      expect(leftOut).toEqual([
        { column: 'leucocytes', why: expect.stringMatching(/--decimal ,; if they part thousands/) },
      ]);
      expect((await inspect(ward(write), { decimal: ',' })).columns[1]).toMatchObject({ kind: 'numeric' });
    }
    // One number that can't be so tells, and so does a zero before the comma.
    for (const write of [(i: number) => (i === 7 ? '1,5' : `1,${200 + i}`), (i: number) => `0,${200 + i}`])
      expect((await inspect(ward(write))).proposedSchema!.csv).toEqual({ delimiter: ';', decimal: ',' });
  });

  it('says where numbers have a unit, without a word of what they are', async () => {
    for (const unit of [' mg', '%', ' mmol/L', '°C']) {
      const ward = ['dose,age,ill', ...Array.from({ length: 40 }, (_, i) => `${i}.5${unit},${30 + i},${i % 2}`)].join(
        '\n',
      );
      expect((await inspect(ward)).leftOut).toEqual([
        { column: 'dose', why: expect.stringMatching(/^has numbers with a unit or a percent sign behind them/) },
      ]);
    }
    const codes = ['dose,age,ill', ...Array.from({ length: 40 }, (_, i) => `12A${i},${30 + i},${i % 2}`)].join('\n');
    expect((await inspect(codes)).leftOut).toEqual([{ column: 'dose', why: expect.stringMatching(/^is text/) }]);
  });

  it('says where levels differ in capitals only', async () => {
    const words = ['TRUE', 'false', 'true', 'FALSE'];
    const ward = ['age,ill', ...Array.from({ length: 40 }, (_, i) => `${30 + i},${words[i % 4]}`)].join('\n');
    expect((await inspect(ward)).notes).toEqual([
      expect.stringMatching(/^"ill" has values that differ in capitals only \(such as (true|false)\)/),
    ]);
    expect((await inspect(ward.toLowerCase())).notes).toEqual([]);
  });

  it('leaves blank rows and a row of totals out of its counts, and says so', async () => {
    const { rows, blankRows, notes } = await inspect(content + '\n,,,,,,\nTotal,,3000,60,,,15\n,,,,,,\n');
    expect([rows, blankRows]).toEqual([60, 2]);
    expect(notes).toEqual([
      expect.stringMatching(/^2 rows hold nothing/),
      expect.stringMatching(/^Line 63 is a row of totals/),
    ]);
  });

  it('reads a header of numbers where it is told the names', async () => {
    const ward = ['0,1,2,y', ...Array.from({ length: 40 }, (_, i) => `0.${i},1.${i},2.${i},${i % 2}`)].join('\n');
    await expect(inspect(ward)).rejects.toThrow(/--header/);
    for (const options of [{ header: ['0', '1', '2', 'y'] }, { header: true as const }, { columns: ['0', 'y'] }])
      expect((await inspect(ward, options)).rows).toBe(40);
  });

  it('refuses an empty file', async () => {
    await expect(inspect('')).rejects.toThrow(expect.objectContaining({ code: 'DATA_EMPTY' }));
  });
});
