import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lengthOf, readBytes, readJson, readTextIfThere } from './read.js';
import { folder } from './testing/folder.js';

describe('readBytes', () => {
  it('reads what is longer than a piece', async () => {
    const path = join(await folder(), 'file');
    const bytes = Uint8Array.from({ length: 200_001 }, (_, i) => i % 251);
    await writeFile(path, bytes);
    expect(Buffer.compare(await readBytes(path), bytes)).toBe(0);
  });

  it('says which option names a file that is not there, and what it is for', async () => {
    const path = join(await folder(), 'none');
    await expect(readBytes(path, { option: '--config', why: 'no run to resume' })).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      subject: path,
      message: `--config: can't read ${path}: there is no such file or folder; no run to resume`,
    });
  });

  it('refuses a folder by name', async () => {
    const path = await folder();
    await expect(readBytes(path)).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: `can't read ${path}: it is a folder, not a file`,
    });
  });

  it('refuses a file that is too large, before it is read', async () => {
    const path = join(await folder(), 'file');
    await writeFile(path, '');
    await truncate(path, 2 ** 40); // no disk has to hold it
    await expect(readBytes(path)).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringContaining('larger than 32 MiB'),
    });
    await truncate(path, 1000);
    await expect(readBytes(path, { mostBytes: 999 })).rejects.toMatchObject({ code: 'FILE_INVALID' });
    expect(await readBytes(path, { mostBytes: 1000 })).toHaveLength(1000);
  });
});

describe('readJson', () => {
  it('gives what the file says, and its bytes', async () => {
    const path = join(await folder(), 'file');
    await writeFile(path, ' {"a": "Zürich"}\n');
    const { bytes, json } = await readJson(path);
    expect(json).toEqual({ a: 'Zürich' });
    expect(Buffer.from(bytes).toString()).toBe(' {"a": "Zürich"}\n');
  });

  it('names a file that is no JSON', async () => {
    const path = join(await folder(), 'file');
    await writeFile(path, '{"a":');
    await expect(readJson(path)).rejects.toMatchObject({
      code: 'FILE_INVALID',
      subject: path,
      message: expect.stringContaining(`${path} is not JSON: `),
    });
  });
});

describe('a file that need not be there', () => {
  it('is undefined where it is not, and its text or length where it is', async () => {
    const path = join(await folder(), 'file');
    expect([await readTextIfThere(path), await lengthOf(path)]).toEqual([undefined, undefined]);
    await writeFile(path, 'Zürich');
    expect([await readTextIfThere(path), await lengthOf(path)]).toEqual(['Zürich', 7]);
  });

  it('is a failure where it can not be told', async () => {
    const inTheWay = join(await folder(), 'file');
    await writeFile(inTheWay, '');
    const below = join(inTheWay, 'below');
    for (const read of [readTextIfThere, lengthOf])
      await expect(read(below)).rejects.toMatchObject({
        code: 'STORAGE_FAILED',
        subject: below,
        message: expect.stringMatching(/^can't read .*below: ENOTDIR/),
      });
  });

  it('has no length as a folder', async () => {
    const path = join(await folder(), 'folder');
    await mkdir(path);
    expect(await lengthOf(path)).toBeUndefined();
    await expect(readTextIfThere(path)).rejects.toMatchObject({ code: 'STORAGE_FAILED', cause: { code: 'EISDIR' } });
  });
});
