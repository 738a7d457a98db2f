import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseStudySchema, readStudy } from '../index.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'fedward-outside-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const label = { name: 'y', kind: 'value' } as const;
const remarksOf = async (columns: object[], text: string) => {
  const file = join(folder, 'ward.csv');
  writeFileSync(file, text);
  return (await readStudy(file, parseStudySchema({ columns, label }, 'the schema'))).sheet.remarks;
};
const allowed = [0, 120];

it('numbers that are cut, or taken for missing, are told by row and column and never by value', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => `${i % 3 === 0 ? 7777 : 50},${i === 4 ? -8888 : 60},${i}`);
  const text = ['age,bp,y', ...rows].join('\n');
  const remarks = await remarksOf(
    [
      { name: 'age', kind: 'numeric', allowed, outside: 'cut' },
      { name: 'bp', kind: 'numeric', allowed, outside: 'missing', missing: 'drop-row' },
    ],
    text,
  );
  expect(remarks).toEqual([
    'ward.csv, column "age": not within 0 to 120 in 7 rows, cut to it (lines 2, 5, 8, 11, 14 and 2 more)',
    'ward.csv, column "bp": not within 0 to 120 in 1 row, taken for missing (line 6)',
  ]);
});

it('a row of arrays counts once', async () => {
  const columns = [{ name: 'genes', kind: 'vector', shape: [2], from: ['a', 'b'], allowed, outside: 'cut' }];
  expect(await remarksOf(columns, 'a,b,y\n1,2,0\n999,999,1\n3,4,2\n')).toEqual([
    'ward.csv, column "genes": not within 0 to 120 in 1 row, cut to it (line 3)',
  ]);
});

it('nothing is said where all are within', async () =>
  expect(await remarksOf([{ name: 'age', kind: 'numeric', allowed, outside: 'cut' }], 'age,y\n0,1\n120,2\n')).toEqual(
    [],
  ));
