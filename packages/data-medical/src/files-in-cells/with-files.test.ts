import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseWith, sha256 } from '@fedward/core';
import { readTable, tableSchema, textRowReader, type TableSource, type TextRow } from '@fedward/kit-tables';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { file, image } from '../dicom/testing/build.js';
import { openImageFolder, withFiles, type CellFileReader, type FilesOptions } from '../index.js';

let root: string;
let folder: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedward-cells-'));
  folder = join(root, 'table');
  await mkdir(join(folder, 'scans'), { recursive: true });
  const png = (...data: number[]) =>
    encode({ width: 2, height: 1, channels: 1, depth: 8, data: Uint8Array.from(data) });
  await writeFile(join(folder, 'a.png'), png(1, 2));
  await writeFile(join(folder, 'scans/b.PNG'), png(3, 4));
  await writeFile(
    join(folder, 'large.png'),
    encode({ width: 4, height: 2, channels: 1, data: new Uint8Array(8).fill(9) }),
  );
  const one = image(
    [0x7fe00010, 'OB', Uint8Array.of(10, 20)],
    [
      [0x00280004, 'CS', 'MONOCHROME1'],
      [0x00280010, 'US', [1]],
    ],
  );
  await writeFile(join(folder, 'c.dcm'), file(one));
  await writeFile(join(folder, 'broken.png'), png(1, 2).subarray(0, 40));
  await writeFile(join(root, 'outside.png'), png(7, 7));
  await writeFile(join(folder, 'note.txt'), 'no image');
  await symlink(join(root, 'outside.png'), join(folder, 'link.png'));
  await symlink(join(folder, 'a.png'), join(folder, 'inner.png'));
});
afterAll(() => rm(root, { recursive: true }));

const schemaOf = (column: object = {}) =>
  parseWith(
    tableSchema,
    {
      columns: [{ name: 'scan', kind: 'image', shape: [1, 2, 1], range: [0, 255], ...column }],
      label: { name: 'ill', kind: 'class', classes: ['no', 'yes'].map((name) => ({ name, values: [name] })) },
    },
    'the schema',
  );

function sourceOf(...paths: string[]): TableSource & { closed(): boolean } {
  let closed = false;
  async function* read(): TableSource['rows'] {
    try {
      for (let i = 0; i < paths.length; i += 3)
        yield paths.slice(i, i + 3).map((path, j): TextRow => ({ line: i + j + 2, fields: [path, 'no'] }));
    } finally {
      closed = true;
    }
  }
  const rows = read();
  return {
    names: ['scan', 'ill'],
    files: ['labels.csv'],
    rows,
    close: () => rows.return(undefined),
    closed: () => closed,
  };
}

const columnOf = (schema: ReturnType<typeof schemaOf>) => schema.columns[0] as Parameters<typeof withFiles>[1];

async function tableOf(paths: string[], column: object = {}, options: FilesOptions = {}) {
  const schema = schemaOf(column);
  const source = withFiles(sourceOf(...paths), columnOf(schema), folder, options);
  const table = await readTable('t', schema, source.rows, textRowReader(schema, source.names, { file: 'labels.csv' }));
  return { table, source };
}
const errorOf = (...args: Parameters<typeof tableOf>) =>
  tableOf(...args).then(
    () => undefined,
    (error: Error & { code: string }) => error,
  );

describe('withFiles', () => {
  it('reads the files of a column into its cells, in the order of the rows, and digests them', async () => {
    const { table, source } = await tableOf(['a.png', 'scans/b.PNG', 'c.dcm', 'inner.png', 'a.png']);
    const cells = [0, 1, 2, 3, 4].map((i) => [...table.row(i).values]);
    // MONOCHROME1 is turned around: high means bright in all images.
    expect(cells).toEqual([
      [1, 2],
      [3, 4],
      [245, 235],
      [1, 2],
      [1, 2],
    ]);
    expect(source.files).toEqual([
      'labels.csv',
      ...['a.png', 'c.dcm', 'inner.png', 'scans/b.PNG'].map((p) => join(folder, p)),
    ]);
    expect(source.digests.get(join(folder, 'c.dcm'))).toBe(sha256(await readFile(join(folder, 'c.dcm'))));
  });

  it.each([
    ['../outside.png', 'DATA_MALFORMED'],
    ['scans/../../outside.png', 'DATA_MALFORMED'],
    ['scans\\..\\..\\outside.png', 'DATA_MALFORMED'],
    ['/etc/passwd', 'DATA_MALFORMED'],
    ['C:\\a.png', 'DATA_MALFORMED'],
    ['a.png\0.png', 'DATA_MALFORMED'],
    ['link.png', 'DATA_MALFORMED'],
    ['nobody.png', 'FILE_NOT_FOUND'],
    ['note.txt', 'FILE_INVALID'],
    ['scans', 'FILE_INVALID'],
    ['broken.png', 'DATA_MALFORMED'],
    ['large.png', 'DATA_MALFORMED'],
  ])('refuses %j with row and column, and without the path', async (path, code) => {
    const error = await errorOf(['a.png', path]);
    expect(error).toMatchObject({ code, message: expect.stringContaining('labels.csv, line 3, column "scan"') });
    for (const part of path.split(/[/\\]/).filter((word) => word.length > 2))
      expect(error!.message).not.toContain(part);
  });

  it('leaves rows out whose files can not be read, where the schema says so, and says how many for what', async () => {
    const { table, source } = await tableOf(['nobody.png', 'a.png', 'broken.png', '', 'note.txt'], {
      missing: 'drop-row',
    });
    expect(table.rows).toEqual({ read: 5, used: 1, dropped: [{ reason: 'no value in scan', rows: 4 }] });
    expect(source.remarks!()).toEqual([
      '1 rows without "scan": the file is damaged',
      '1 rows without "scan": the file is not there',
      '1 rows without "scan": the file is of a kind that can not be read',
    ]);
    // A path that leads out is no matter of one row.
    expect(await errorOf(['../outside.png'], { missing: 'drop-row' })).toMatchObject({ code: 'DATA_MALFORMED' });
  });

  it('brings images to the size that the schema declares, where it says so', async () => {
    const { table } = await tableOf(['large.png'], { resize: true });
    expect([...table.row(0).values]).toEqual([9, 9]);
  });

  it('reads a few files at a time, in order however long each takes, and stops with its reader', async () => {
    let now = 0;
    let most = 0;
    const slow: CellFileReader = async (cell) => {
      most = Math.max(most, ++now);
      const line = Number(/line (\d+)/.exec(cell.name)![1]);
      await new Promise((resolve) => setTimeout(resolve, line % 3));
      now--;
      return { shape: [1, 2, 1], values: [line, 0] };
    };
    const paths = Array.from({ length: 40 }, (_, i) => `${i}.raw`);
    const { table } = await tableOf(paths, {}, { readers: { '.raw': slow }, inFlight: 4 });
    expect(paths.map((_, i) => table.row(i).values[0])).toEqual(paths.map((_, i) => i + 2));
    expect(most).toBe(4);

    const below = sourceOf(...paths);
    const source = withFiles(below, columnOf(schemaOf()), folder, { readers: { '.raw': slow } });
    await source.rows.next();
    await source.rows.return(undefined);
    expect(below.closed()).toBe(true);
    expect(now).toBe(0);
  });

  it('lets a reader have the files beside one, and no others', async () => {
    const reader: CellFileReader = async (cell) => ({
      shape: [1, 2, 1],
      values: (await cell.beside('a.png')).slice(0, 2),
    });
    const { source } = await tableOf(['x.hea'], {}, { readers: { '.hea': reader } });
    expect([...source.digests.keys()]).toEqual([join(folder, 'a.png')]);
    const outside: CellFileReader = async (cell) => ({ shape: [], values: await cell.beside('../outside.png') });
    expect(await errorOf(['x.hea'], {}, { readers: { '.hea': outside } })).toMatchObject({ code: 'DATA_MALFORMED' });
  });

  it('refuses a column that is not there', () => {
    const schema = schemaOf({ name: 'other' });
    expect(() => withFiles(sourceOf('a.png'), columnOf(schema), folder)).toThrow(
      expect.objectContaining({ code: 'DATA_MALFORMED', subject: 'other' }),
    );
  });
});

describe('openImageFolder', () => {
  it('has a row an image, the class of its subfolder, and the patient of its path', async () => {
    const tree = join(root, 'tree');
    for (const path of ['ill/p1-1.png', 'ill/more/p2-1.png', 'well/p3-1.png', 'well/notes.txt', 'loose.png']) {
      await mkdir(join(tree, path, '..'), { recursive: true });
      await writeFile(join(tree, path), encode({ width: 2, height: 1, channels: 1, data: new Uint8Array(2) }));
    }
    await symlink(join(root, 'outside.png'), join(tree, 'well/link.png'));
    const source = await openImageFolder(tree, { patient: /(p\d+)-\d+\.png$/g });
    expect(source.names).toEqual(['image', 'class', 'patient']);
    expect(source.notes).toEqual({ class: { levels: ['ill', 'well'] } });
    const rows = [];
    for await (const batch of source.rows) rows.push(...batch);
    expect(rows).toEqual([
      { line: 1, fields: ['ill/more/p2-1.png', 'ill', 'p2'] },
      { line: 2, fields: ['ill/p1-1.png', 'ill', 'p1'] },
      { line: 3, fields: ['well/p3-1.png', 'well', 'p3'] },
    ]);
    expect(source.remarks!()).toEqual([
      '1 files of other kinds are left out',
      '1 images in no subfolder are left out: they have no class',
      '1 links are left out',
    ]);
    await expect(openImageFolder(tree, { patient: /(p[12])-/ })).rejects.toMatchObject({
      code: 'DATA_MALFORMED',
      message: expect.stringContaining('1 of 3'),
    });
    await expect(openImageFolder(join(tree, 'ill/more'))).rejects.toMatchObject({ code: 'DATA_EMPTY' });
    await expect(openImageFolder(join(root, 'none'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
