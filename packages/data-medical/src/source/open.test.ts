import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TableSource } from '@fedward/kit-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSource, sourceSchema, type SourceInput } from '../index.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fedward-open-'));
  await writeFile(join(folder, 'a.csv'), 'id,age\n1,30\n2,40\n');
  await writeFile(join(folder, 'b.csv'), 'age,id\n50,3\n');
  await writeFile(join(folder, 'labels.csv'), 'id,ill\n1,0\n2,1\n3,0\n');
});
afterAll(() => rm(folder, { recursive: true }));

const open = (spec: SourceInput, path = folder) => openSource(path, sourceSchema.parse(spec));
async function rowsOf(source: TableSource): Promise<(readonly string[])[]> {
  const rows = [];
  for await (const batch of source.rows) rows.push(...batch.map(({ fields }) => fields));
  await source.close();
  return rows;
}

describe('a table in several files', () => {
  it('is one, with a column that says the set of each row, and further columns by a key', async () => {
    const files = [
      { file: 'a.csv', set: 'train' },
      { file: 'b.csv', set: 'test' },
    ];
    const source = await open({ files, join: { file: 'labels.csv', on: 'id' } });
    expect(source.names).toEqual(['id', 'age', 'set', 'ill']);
    expect(await rowsOf(source)).toEqual([
      ['1', '30', 'train', '0'],
      ['2', '40', 'train', '1'],
      ['3', '50', 'test', '0'],
    ]);
    expect(source.files.map((file) => file.slice(folder.length + 1))).toEqual(['a.csv', 'b.csv', 'labels.csv']);
  });

  it('joins beside one file too', async () => {
    const source = await open({ join: { file: 'labels.csv', on: 'id' } }, join(folder, 'a.csv'));
    expect((await rowsOf(source)).map((fields) => fields.at(-1))).toEqual(['0', '1']);
  });

  it.each(['../a.csv', '/etc/passwd', 'x/../../a.csv', '..\\a.csv', 'C:\\a.csv', 'a\0.csv'])(
    'opens nothing outside of the folder: %j',
    async (file) => {
      for (const spec of [{ files: [{ file }] }, { files: [{ file: 'a.csv' }], join: { file, on: 'id' } }])
        await expect(open(spec)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    },
  );
});

describe('a format', () => {
  it('is told by the ending in any case, or by the schema; a folder by what the schema says of it', async () => {
    await writeFile(join(folder, 'plain.data'), 'id,age\n1,30\n');
    expect(await rowsOf(await open({ format: 'csv' }, join(folder, 'plain.data')))).toEqual([['1', '30']]);
    await expect(open({}, join(folder, 'plain.data'))).rejects.toThrow(
      /nothing tells its format by the ending "\.data"/,
    );
    await expect(open({})).rejects.toThrow(/is a folder, and the schema says neither its format nor which files/);
    await expect(open({}, join(folder, 'nowhere.csv'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(open({ format: 'fhir' })).rejects.toThrow(/write a section "fhir" in the schema/);
  });
});
