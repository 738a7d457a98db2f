import { closeSync, openSync } from 'node:fs';
import type * as fs from 'node:fs';
import { lstat, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fileMode, flush, linkNew, writeFully, writeInPlace, writeNew } from './open-file.js';
import { folder } from './testing/folder.js';

/** How many bytes the disk takes of so many at once. */
let taken = (length: number): number => length;

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  return {
    ...real,
    writeSync: (fd: number, bytes: Uint8Array, from: number, length: number, position: number) =>
      taken(length) === 0 ? 0 : real.writeSync(fd, bytes, from, taken(length), position),
  };
});

afterEach(() => void (taken = (length) => length));

describe('writeFully', () => {
  it('writes on where the disk takes a few bytes at a time', async () => {
    const path = join(await folder(), 'file');
    await writeFile(path, 'kept, ');
    const fd = openSync(path, writeInPlace);
    taken = (length) => Math.min(7, length);
    writeFully(fd, Buffer.from('and twenty-four more bytes'), 6);
    await flush(fd);
    closeSync(fd);
    expect(await readFile(path, 'utf8')).toBe('kept, and twenty-four more bytes');
  });

  it('does not ask a disk for ever that takes nothing', () => {
    taken = () => 0;
    expect(() => writeFully(-1, Buffer.alloc(5), 0)).toThrow('0 of 5 bytes');
  });
});

describe('writeNew', () => {
  it.skipIf(process.platform === 'win32')('takes the place of a link, and does not follow it', async () => {
    const directory = await folder();
    const [path, theirs] = [join(directory, 'draft'), join(directory, 'theirs')];
    await writeFile(theirs, 'untouched');
    await symlink(theirs, path);
    await writeNew(path, Buffer.from('ours'), true);
    expect(await readFile(theirs, 'utf8')).toBe('untouched');
    expect(await readFile(path, 'utf8')).toBe('ours');
    expect((await lstat(path)).isFile()).toBe(true);
    expect((await stat(path)).mode & 0o777).toBe(fileMode);
  });

  it('takes the place of a longer file', async () => {
    const path = join(await folder(), 'draft');
    await writeFile(path, 'of a process that was killed');
    await writeNew(path, Buffer.from('ours'), false);
    expect(await readFile(path, 'utf8')).toBe('ours');
  });
});

it.skipIf(process.platform === 'win32')('what is written in place is not written through a link', async () => {
  const directory = await folder();
  await writeFile(join(directory, 'theirs'), '');
  await symlink(join(directory, 'theirs'), join(directory, 'link'));
  expect(() => openSync(join(directory, 'link'), writeInPlace)).toThrow(expect.objectContaining({ code: 'ELOOP' }));
});

it('linkNew takes a name once, and says of other failures what they are', async () => {
  const directory = await folder();
  const [draft, path] = [join(directory, 'draft'), join(directory, 'file')];
  await writeFile(draft, 'first');
  expect(await linkNew(draft, path)).toBe(true);
  expect(await linkNew(draft, path)).toBe(false);
  await expect(linkNew(join(directory, 'none'), join(directory, 'other'))).rejects.toMatchObject({ code: 'ENOENT' });
});
