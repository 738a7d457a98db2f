import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseStudySchema, readStudy } from '../index.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'fedward-named-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const study = (more = {}) =>
  parseStudySchema(
    {
      columns: [{ name: 'ecg', kind: 'signal', shape: [4, 1], range: [-3, 3], ...more }],
      label: { name: 'y', kind: 'value' },
    },
    'the schema',
  );

/** Two recordings that are called as their patients are, named with and without the ending of their headers. */
function ward(cells: readonly string[], header = (name: string) => `${name} 1 100 4\n${name}.dat 16 100/mV\n`): string {
  const records = join(folder, 'records');
  mkdirSync(records, { recursive: true });
  for (const name of ['Meier', 'Huber']) {
    writeFileSync(join(records, `${name}.hea`), header(name));
    writeFileSync(join(records, `${name}.dat`), new Uint8Array(new Int16Array([1, 2, 3, 4]).buffer));
  }
  const file = join(folder, 'ward.csv');
  writeFileSync(file, ['ecg,y', ...cells.map((cell, i) => `${cell},${i}`)].join('\n'));
  return file;
}

it('recordings are found by the names of records, and the sheet has their digest and not their names', async () => {
  const { records, sheet } = await readStudy(ward(['records/Meier', 'records/Huber.hea']), study());
  expect(records.count).toBe(2);
  expect([...records.row(1).values].map((value) => Math.round(100 * value))).toEqual([1, 2, 3, 4]);
  expect(sheet.files.map(({ name }) => name)).toEqual(['ward.csv', '4 files that cells name']);
  expect(JSON.stringify(sheet)).not.toMatch(/Meier|Huber/);
  cpSync(join(folder, 'records', 'Meier.hea'), join(folder, 'records', 'Huber.hea'));
  writeFileSync(join(folder, 'records', 'Meier.dat'), new Uint8Array(new Int16Array([1, 2, 3, 5]).buffer));
  const { sheet: other } = await readStudy(join(folder, 'ward.csv'), study());
  expect(other.files[0]).toEqual(sheet.files[0]);
  expect(other.files[1]!.sha256).not.toBe(sheet.files[1]!.sha256);
});

it.each<[string, (name: string) => string]>([
  ['samples that are not there', (name) => `${name} 1 100 999999999\n${name}.dat 16 100/mV\n`],
  ['another checksum', (name) => `${name} 1 100 4\n${name}.dat 16 100/mV 16 0 0 77 0 I\n`],
  ['a file out of its folder', (name) => `${name} 1 100 4\n../../${name}.dat 16 100/mV\n`],
])('a header that says %s is refused by row and column, not by a name', async (_, header) => {
  const error = await readStudy(ward(['records/Meier.hea'], header), study()).catch((cause: unknown) => cause);
  expect((error as Error).message).toMatch(/ward\.csv, line 2, column "ecg"/);
  expect((error as Error).message).not.toMatch(/Meier|records/);
});
