import { lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createFileAtomic, isDraft, removeDrafts, replaceFileQuickly, writeFileAtomic } from './atomic.js';
import { folder } from './testing/folder.js';

describe('writeFileAtomic', () => {
  it('makes the folders, replaces what is there, and leaves nothing else', async () => {
    const inside = join(await folder(), 'a', 'b');
    await writeFileAtomic(join(inside, 'file'), 'a longer text');
    await writeFileAtomic(join(inside, 'file'), Uint8Array.of(1, 2));
    expect(await readdir(inside)).toEqual(['file']);
    expect([...(await readFile(join(inside, 'file')))]).toEqual([1, 2]);
  });

  it.skipIf(process.platform === 'win32')('is for its owner alone, whatever the mask, as are the folders', async () => {
    const root = await folder();
    const mask = process.umask(0);
    onTestFinished(() => void process.umask(mask));
    await writeFileAtomic(join(root, 'a', 'b', 'file'), '1');
    await createFileAtomic(join(root, 'c', 'file'), '1');
    const modes = await Promise.all(['a', 'a/b', 'c', 'a/b/file', 'c/file'].map((name) => stat(join(root, name))));
    expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '700', '700', '600', '600']);
  });

  it.skipIf(process.platform === 'win32')('does not write through links that someone has put there', async () => {
    const [ours, theirs] = [await folder(), join(await folder(), 'victim')];
    await writeFile(theirs, 'untouched');
    for (const name of ['file', 'file.writing']) await symlink(theirs, join(ours, name));
    await writeFileAtomic(join(ours, 'file'), 'new');
    expect(await createFileAtomic(join(ours, 'file.writing'), 'new')).toBe(false);
    expect(await readFile(theirs, 'utf8')).toBe('untouched');
    expect(await readFile(join(ours, 'file'), 'utf8')).toBe('new');
    expect((await lstat(join(ours, 'file'))).isFile()).toBe(true);
  });

  it('leaves no draft where it can not put the file in place', async () => {
    const inTheWay = join(await folder(), 'taken');
    await mkdir(join(inTheWay, 'below'), { recursive: true });
    await expect(writeFileAtomic(inTheWay, '')).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(await readdir(join(inTheWay, '..'))).toEqual(['taken']);
  });

  it('names the file that it could not write', async () => {
    const inTheWay = await folder();
    await expect(writeFileAtomic(inTheWay, '')).rejects.toMatchObject({ code: 'STORAGE_FAILED', subject: inTheWay });
  });
});

describe('replaceFileQuickly', () => {
  it('replaces what is there, for its owner alone, and leaves nothing else', async () => {
    const inside = await folder();
    for (const text of ['a longer text', 'short']) replaceFileQuickly(join(inside, 'file'), text);
    expect(await readdir(inside)).toEqual(['file']);
    expect(await readFile(join(inside, 'file'), 'utf8')).toBe('short');
    if (process.platform !== 'win32') expect((await stat(join(inside, 'file'))).mode & 0o777).toBe(0o600);
  });

  it('says what it could not write, and leaves no draft', async () => {
    const inTheWay = join(await folder(), 'taken');
    await mkdir(join(inTheWay, 'below'), { recursive: true });
    const failing = expect.objectContaining({ code: 'STORAGE_FAILED', subject: inTheWay }) as unknown;
    expect(() => replaceFileQuickly(inTheWay, '')).toThrow(failing as Error);
    expect(await readdir(join(inTheWay, '..'))).toEqual(['taken']);
  });
});

describe.each([
  ['writeFileAtomic', writeFileAtomic],
  ['createFileAtomic', createFileAtomic],
])('%s', (_, write) => {
  it('makes no folder where one that is gone is a failure', async () => {
    const path = join(await folder(), 'gone', 'file');
    await expect(write(path, '1', { makeFolders: false })).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      subject: path,
      cause: { code: 'ENOENT' },
    });
    expect(await readdir(join(path, '..', '..'))).toEqual([]);
  });
});

describe('createFileAtomic', () => {
  it('leaves a file that is there as it is', async () => {
    const path = join(await folder(), 'file');
    await writeFile(path, 'first');
    expect(await createFileAtomic(path, 'second')).toBe(false);
    expect(await readFile(path, 'utf8')).toBe('first');
  });

  it('lets exactly one of many at once create the file, whole', async () => {
    const path = join(await folder(), 'run', 'file');
    const created = await Promise.all(Array.from({ length: 20 }, (_, n) => createFileAtomic(path, `by ${n}`)));
    expect(created.filter(Boolean)).toHaveLength(1);
    expect(await readFile(path, 'utf8')).toBe(`by ${created.indexOf(true)}`);
    expect(await readdir(join(path, '..'))).toEqual(['file']);
  });
});

describe('drafts', () => {
  it('are what a killed writer left, and nothing else is', async () => {
    const path = await folder();
    const left = ['.plan.json.0123456789ab.writing', 'plan.json.0123456789ab.writing']; // the second of version 0.1
    const others = ['plan.json', 'plan.writing', '.plan.json.0123456789a.writing'];
    for (const name of [...left, ...others]) await writeFile(join(path, name), '');
    expect((await readdir(path)).filter(isDraft).toSorted()).toEqual(left);
    await removeDrafts(path);
    expect((await readdir(path)).toSorted()).toEqual(others.toSorted());
  });

  it('of a folder that is not there are none', async () => {
    await expect(removeDrafts(join(await folder(), 'none'))).resolves.toBeUndefined();
  });
});
