import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingData } from '@fedward/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shareValues } from '../../threads/shared-data.js';
import { csv } from './study.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'fedward-csv-scenario-'))));
afterEach(() => rmSync(folder, { recursive: true }));

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

/** A ward of 40 patients, numbered from `first` on, the first `without` of them without a blood pressure. */
function ward(first: number, without = 0): string {
  const rows = Array.from({ length: 40 }, (_, i) =>
    [first + i, 30 + ((7 * i) % 50), i < without ? '' : 100 + ((11 * i) % 60), i % 3 === 0 ? 1 : 0].join(','),
  );
  return `patient,age,bp,ill\n${rows.join('\n')}\n`;
}

function put(files: Record<string, string>): void {
  for (const [name, content] of Object.entries({ 'schema.json': JSON.stringify(schema), ...files }))
    writeFileSync(join(folder, name), content);
}

const load = () => csv.load({ dataDir: folder, seed: 1 });
const refusal = (code: string, message: RegExp) =>
  expect(load()).rejects.toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));

describe('the files of a folder', () => {
  it('are hospitals where they end in .csv in letters of any case; all others are named', async () => {
    put({ 'NORTH.CSV': ward(0), 'south.csv': ward(100), 'west.txt': ward(200), '.DS_Store': '', '._south.csv': '' });
    mkdirSync(join(folder, 'old.csv'));
    const { ids, notices } = await load();
    expect(ids).toEqual(['NORTH', 'south']);
    expect(notices).toHaveLength(1);
    expect(notices![0]).toContain('the folder old.csv, west.txt, hidden: .DS_Store, ._south.csv');
  });

  it('too few of whose rows are used for two parts: how many rows that were', async () => {
    put({ 'north.csv': ward(0, 39) });
    await refusal(
      'CONFIG_INCOMPATIBLE',
      /part is empty.* Of this file: 1 of 40 rows used; left out: 39 with no value in bp$/,
    );
  });

  it('are named up to twenty where they are not read', async () => {
    put({ 'north.csv': ward(0), ...Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`f${10 + i}.txt`, ''])) });
    expect((await load()).notices![0]).toMatch(/f29\.txt, and 5 more\./);
  });

  it('need no word where all are read', async () => {
    put({ 'north.csv': ward(0) });
    expect((await load()).notices).toEqual([]);
  });

  it.each([
    ['North.csv', 'north.CSV'],
    ['Mu\u0308nchen.csv', 'M\u00fcnchen.csv'],
    ['north.csv', 'north .csv'],
  ])('that would be one hospital are refused: %s, %s', async (a, b) => {
    put({ [a]: ward(0), [b]: ward(100) });
    await refusal('CONFIG_INVALID', /would be one hospital: rename one/);
  });

  it('are said where none is a hospital', async () => {
    put({ 'north.xlsx': '' });
    await refusal('CONFIG_INVALID', /has no data \(one file a hospital, NAME\.csv.*\); it has north\.xlsx$/);
  });

  it('are read through links, and missed by name where a link leads nowhere', async () => {
    put({ 'north.csv': ward(0) });
    symlinkSync(join(folder, 'nowhere'), join(folder, 'south.csv'));
    await refusal('FILE_NOT_FOUND', /south\.csv/);
  });

  it('have a schema of the same freedom', async () => {
    put({ 'north.csv': ward(0) });
    rmSync(join(folder, 'schema.json'));
    writeFileSync(join(folder, 'Schema.JSON'), JSON.stringify(schema));
    expect((await load()).ids).toEqual(['north']);
  });
});

it('a copy of a hospital is said, under whatever name and with whatever line ends', async () => {
  put({ 'north.csv': ward(0), 'north (1).csv': ward(0).replaceAll('\n', '\r\n'), 'south.csv': ward(100) });
  expect((await load()).notices![0]).toBe('north and north (1) have the same rows: is one a copy of the other?');
});

describe('--data', () => {
  it('that is a file, or not there', async () => {
    put({ 'north.csv': ward(0) });
    const at = (dataDir: string) => csv.load({ dataDir, seed: 1 });
    await expect(at(join(folder, 'north.csv'))).rejects.toThrow(/is a file: name the folder/);
    await expect(at(join(folder, 'nowhere'))).rejects.toThrow(expect.objectContaining({ code: 'FILE_NOT_FOUND' }));
  });
});

describe('rows', () => {
  it('are told by hospital: read, used, and left out by reason', async () => {
    put({ 'north.csv': ward(0, 36), 'south.csv': ward(100) });
    const { ids, hospital } = await load();
    for (const id of ids) {
      const { rows, train, test } = hospital(id);
      expect(train.count + test.count).toBe(rows!.used);
    }
    expect(hospital('north').rows).toEqual({ read: 40, used: 4, dropped: [{ reason: 'no value in bp', rows: 36 }] });
    expect(hospital('south').rows).toEqual({ read: 40, used: 40, dropped: [] });
  });
});

it('times as long numbers stay apart, since they are scaled before they are rounded', async () => {
  const time = (i: number) => 20240131120000 + i;
  put({ 'north.csv': ward(0).replaceAll(/^(\d+),\d+,/gm, (_, id: string) => `${id},${time(Number(id))},`) });
  const { hospital } = await load();
  const { train } = hospital('north');
  expect(new Set(Array.from({ length: 40 }, (_, i) => Math.fround(time(i)))).size).toBeLessThan(3);
  expect(new Set(train.features.filter((_, i) => i % 2 === 0)).size).toBe(train.count);
});

describe('the data of the hospitals', () => {
  it('are in memory once: tested on where the pooled test part is, trained on where threads read them', async () => {
    put({ 'north.csv': ward(0), 'south.csv': ward(100) });
    const { ids, hospital, test } = await load();
    const hospitals = ids.map(hospital);
    for (const { train, test: own } of hospitals) {
      expect(own.features.buffer).toBe(test.features.buffer);
      expect(shareValues(train.features)).toBe(train.features);
      expect(train.count + own.count).toBe(40);
    }
    const joined = (of: (data: TrainingData) => Iterable<number>) => hospitals.flatMap((each) => [...of(each.test)]);
    expect(joined(({ features }) => features)).toEqual([...test.features]);
    expect(joined(({ labels }) => labels)).toEqual([...test.labels]);
    expect(hospitals.flatMap((each) => each.test.patientIds!)).toEqual(test.patientIds);
  });
});

describe('patient ids', () => {
  it('that occur at two hospitals are counted, and nothing is refused', async () => {
    put({ 'north.csv': ward(0), 'south.csv': ward(30) });
    const { notices } = await load();
    expect(notices).toHaveLength(1);
    expect(notices![0]).toMatch(/^10 patient ids occur at more than one hospital \(north, south\)/);
  });

  it('are one where hospitals write the same number in different ways', async () => {
    put({
      'north.csv': ward(1),
      'south.csv': ward(1)
        .replaceAll(/^(\d+),/gm, '$1.0,')
        .replaceAll(',40,', ',41,'),
    });
    expect((await load()).notices!.at(-1)).toMatch(/^40 patient ids occur at more than one hospital/);
  });

  it('that differ in upper and lower case only are said to count as different', async () => {
    put({ 'north.csv': ward(0).replace('\n3,', '\nab3,').replace('\n4,', '\nAB3,') });
    expect((await load()).notices).toEqual([
      expect.stringMatching(/^1 patient id of north differs from another in upper/),
    ]);
  });

  it('need no word where they differ', async () => {
    put({ 'north.csv': ward(0), 'south.csv': ward(40) });
    expect((await load()).notices).toEqual([]);
  });
});
