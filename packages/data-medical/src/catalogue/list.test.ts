import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataSets, listDataSets } from '../index.js';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'fedward-list-'))));
afterEach(() => rm(folder, { recursive: true }));

describe('listDataSets', () => {
  it('lists what it knows though it is not there', async () => {
    const [status, ...others] = await listDataSets(folder);
    expect(others.map(({ name, present }) => [name, present])).toEqual([
      ['parkinsons-telemonitoring', false],
      ['tcga-brca', false],
    ]);
    expect(status).toMatchObject({
      name: 'heart-disease',
      present: false,
      ready: false,
      source: 'https://doi.org/10.24432/C52P4X',
    });
    expect(status!.files).toEqual([
      { name: 'processed.cleveland.data', state: 'absent', optional: false },
      { name: 'processed.hungarian.data', state: 'absent', optional: false },
      { name: 'processed.switzerland.data', state: 'absent', optional: false },
      { name: 'processed.va.data', state: 'absent', optional: false },
      { name: 'flamby_split.csv', state: 'absent', optional: true },
    ]);
  });

  it('tells a file that is not as published', async () => {
    await mkdir(join(folder, 'heart-disease'));
    await writeFile(join(folder, 'heart-disease', 'processed.va.data'), 'something else');
    await mkdir(join(folder, 'heart-disease', 'processed.cleveland.data'));
    const [status] = await listDataSets(folder);
    expect(status).toMatchObject({ present: true, ready: false });
    expect(status!.files).toContainEqual({ name: 'processed.va.data', state: 'different', optional: false });
    expect(status!.files).toContainEqual({ name: 'processed.cleveland.data', state: 'different', optional: false });
  });

  it('counts the files of folders that it does not know, by name', async () => {
    await mkdir(join(folder, 'zebra', 'deep'), { recursive: true });
    await writeFile(join(folder, 'zebra', 'a.csv'), '');
    await writeFile(join(folder, 'zebra', 'deep', 'b.csv'), '');
    await mkdir(join(folder, 'antelope'));
    await mkdir(join(folder, '.hidden'));
    await writeFile(join(folder, 'README.md'), '');
    await symlink(join(folder, 'zebra'), join(folder, 'linked'));
    expect((await listDataSets(folder)).slice(dataSets.length)).toEqual([
      { name: 'antelope', present: true, files: 0 },
      { name: 'linked', present: true, files: 2 },
      { name: 'zebra', present: true, files: 2 },
    ]);
  });

  it('says that the folder of data sets is not there', async () => {
    const nowhere = join(folder, 'nowhere');
    await expect(listDataSets(nowhere)).rejects.toThrow(
      expect.objectContaining({ code: 'FILE_NOT_FOUND', subject: nowhere }),
    );
  });
});
