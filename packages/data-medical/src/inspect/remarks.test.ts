import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@fedward/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectData, parseStudySchema, readStudy } from '../index.js';
import { unitsApart } from './units.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'fedward-remarks-'))));
afterAll(() => rm(folder, { recursive: true }));

type Row = readonly (string | number)[];

/** A hospital's file of 200 patients: id, age, creatinine, cholesterol, ward, outcome. */
async function hospital(name: string, seed: number, change: (row: Row, i: number) => Row = (row) => row) {
  const random = new Random(seed);
  const rows = Array.from({ length: 200 }, (_, i) => {
    const ill = random.bernoulli(0.4) ? 1 : 0;
    const own = [
      `${name}-${i}`,
      20 + random.integer(0, 70),
      (0.9 + 0.2 * random.normal() ** 2).toFixed(2),
      random.integer(150, 260),
      ['A', 'B', 'C'][random.integer(0, 3)]!,
      ill,
    ];
    return change(own, i).join();
  });
  const file = join(folder, `${name}.csv`);
  await writeFile(file, ['patient_id,age,creatinine,cholesterol,ward,ill', ...rows].join('\n'));
  return file;
}

const notes = async (...files: [string, ...string[]]) => (await inspectData(files)).notes.join('\n');
const with_ = (at: number, value: (row: Row, i: number) => string | number) => (row: Row, i: number) =>
  row.map((cell, j) => (j === at ? value(row, i) : cell));

describe('several hospitals’ files', () => {
  it('have no remarks where nothing is wrong, and one schema by which all are read', async () => {
    const files = [
      await hospital('north', 1),
      await hospital(
        'south',
        2,
        with_(4, (_, i) => 'BCD'[i % 3]!),
      ),
    ] as const;
    const found = await inspectData([files[0], files[1]]);
    expect(found.notes).toEqual([]);
    expect(found.files).toMatchObject([{ rows: 200, patients: 200 }, { rows: 200, patients: 200 }]); // prettier-ignore
    const study = parseStudySchema(found.proposedSchema, 'the draft');
    expect(study.schema.columns.at(-1)).toMatchObject({ name: 'ward', levels: ['A', 'B', 'C', 'D'] });
    for (const file of files) expect((await readStudy(file, study)).sheet.rows).toMatchObject({ read: 200, used: 200 });
  });

  it('in one of which a unit is another', async () => {
    const other = with_(2, (row) => (88.42 * Number(row[2])).toFixed(0));
    expect(await notes(await hospital('east', 3), await hospital('west', 4, other))).toMatch(
      /"creatinine" is much higher in west\.csv than in east\.csv, by about what parts creatinine in umol\/L and mg\/dL/,
    );
  });

  it('of which one is a copy, or has the same patients', async () => {
    const a = await hospital('one', 5);
    const copy = await hospital('one', 5).then(async (file) => {
      const to = join(folder, 'copy.csv');
      await writeFile(to, await (await import('node:fs/promises')).readFile(file));
      return to;
    });
    expect(await notes(a, copy)).toMatch(/one\.csv and copy\.csv are the same file/);
    const shares = await hospital(
      'two',
      6,
      with_(0, (row, i) => (i < 100 ? `one-${i}` : row[0]!)),
    );
    expect(await notes(a, shares)).toMatch(/100 patient ids are in one\.csv and in two\.csv/);
  });

  it('are refused where a column of the first is not there', async () => {
    const a = await hospital('first', 7);
    const b = join(folder, 'second.csv');
    await writeFile(b, 'patient_id,age\n1,50\n2,60\n');
    await expect(inspectData([a, b])).rejects.toThrow(
      /second\.csv: no column is named "creatinine", as in .*first\.csv/,
    );
  });
});

describe('one file', () => {
  it('in which a zero stands for no value', async () => {
    const zeros = await hospital(
      'zeros',
      8,
      with_(3, (row, i) => (i % 10 === 0 ? 0 : row[3]!)),
    );
    expect(await notes(zeros)).toMatch(/"cholesterol" has zeros, .*"zeroIsMissing": true/);
    // Where small values are common a zero may be one.
    const near = await hospital(
      'near',
      9,
      with_(3, (_, i) => i % 7),
    );
    expect(await notes(near)).not.toMatch(/zero/);
  });

  it('in which a column gives the label away', async () => {
    const leak = await hospital(
      'leak',
      10,
      with_(1, (row) => (row[5] === 1 ? 60 : 30) + Number(row[1]) / 10),
    );
    expect(await notes(leak)).toMatch(/"age" alone tells "ill" of nearly all patients/);
    const level = await hospital(
      'level',
      11,
      with_(4, (row) => (row[5] === 1 ? 'B' : 'A')),
    );
    expect(await notes(level)).toMatch(/"ward" alone tells "ill"/);
  });

  it('with few of a class', async () => {
    const rare = await hospital(
      'rare',
      12,
      with_(5, (_, i) => (i % 33 === 0 ? 1 : 0)),
    );
    expect(await notes(rare)).toMatch(/rarest class of "ill" has about 4 % of the rows/);
  });
});

it('tells units by the ratio of medians', () => {
  expect(unitsApart(100, 1.13)).toMatch(/creatinine/);
  expect(unitsApart(5.4, 97)).toMatch(/glucose/);
  expect(unitsApart(170, 67)).toMatch(/inches/);
  expect(unitsApart(36.8, 98.3)).toMatch(/Fahrenheit/);
  expect(unitsApart(100, 130)).toBeUndefined();
  expect(unitsApart(0, 5)).toBeUndefined();
});
