import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder, openFolder } from './folder.js';
import { folder } from './testing/folder.js';

describe('makeFolder', () => {
  it('makes what is missing, and is content with what is there', async () => {
    const path = join(await folder(), 'a', 'b', 'c');
    await Promise.all([makeFolder(path), makeFolder(path)]);
    await makeFolder(path);
    expect(await readdir(path)).toEqual([]);
  });

  it('refuses a file in the place of the folder, or of one above it', async () => {
    const directory = await folder();
    await writeFile(join(directory, 'file'), '');
    await mkdir(join(directory, 'there'));
    for (const path of [join(directory, 'file'), join(directory, 'file', 'below')])
      await expect(makeFolder(path)).rejects.toMatchObject({
        code: 'STORAGE_FAILED',
        subject: path,
        cause: { code: 'EEXIST' },
      });
  });

  it.skipIf(process.platform !== 'linux')('gives up where nothing can be made', async () => {
    await expect(makeFolder('/proc/self/nothing/below')).rejects.toMatchObject({ cause: { code: 'ENOENT' } });
  });
});

it.skipIf(process.platform === 'win32')('a folder that is kept open is flushed until it is closed', async () => {
  const path = await folder();
  const opened = openFolder(path);
  await writeFile(join(path, 'file'), '');
  await opened.sync();
  opened.close();
  await expect(opened.sync()).rejects.toMatchObject({ code: 'EBADF' });
  expect((await stat(path)).isDirectory()).toBe(true);
});
