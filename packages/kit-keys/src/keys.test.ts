import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readSigner } from './key-file.js';
import { createKey, listKeys, readKey } from './keys.js';
import { fileNameOf, keyPathsIn } from './names.js';
import { newFolder } from './testing/folder.js';
import { readVerifierKeys } from './verifier-keys.js';

describe('the keys of a folder', () => {
  it('are made once, for their owner alone, and found again', async () => {
    const mask = process.umask(0);
    onTestFinished(() => void process.umask(mask));
    const directory = join(newFolder(), 'config', 'keys');
    const names = ['north', 'example.com/hospital/1', '..', '病院', '~'];
    const made = await Promise.all(names.map((name) => createKey({ directory, name })));
    for (const { name, path, publicPath, verifierKey, encrypted } of made) {
      expect(encrypted).toBe(false);
      expect((await readSigner(path)).verifierKey).toBe(verifierKey);
      expect((await readVerifierKeys(publicPath)).map((key) => key.verifierKey)).toEqual([verifierKey]);
      expect((await readKey(directory, name)).verifierKey).toBe(verifierKey);
    }
    expect((await readdir(directory)).length).toBe(2 * names.length);
    if (process.platform !== 'win32') {
      expect((await stat(directory)).mode & 0o777).toBe(0o700);
      expect((await stat(made[0]!.path)).mode & 0o777).toBe(0o600);
    }
    const { keys, faults } = await listKeys(directory);
    expect(keys.map(({ name }) => name)).toEqual([...names].sort());
    expect(faults).toEqual([]);
  });

  it('are never overwritten', async () => {
    const directory = newFolder();
    const { path } = await createKey({ directory, name: 'north' });
    const before = await readFile(path);
    await expect(createKey({ directory, name: 'north' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      subject: 'north',
    });
    expect(await readFile(path)).toEqual(before);
    const both = await Promise.allSettled([1, 2].map(() => createKey({ directory, name: 'south' })));
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('are listed beside those that can not be used', async () => {
    const directory = newFolder();
    await createKey({ directory, name: 'north' });
    await writeFile(join(directory, 'south.key.json'), '{', { mode: 0o600 });
    await writeFile(join(directory, 'west.key.json'), '{}', { mode: 0o644 });
    const { keys, faults } = await listKeys(directory);
    expect(keys.map(({ name }) => name)).toEqual(['north']);
    expect(faults.map(({ code }) => code)).toEqual([
      'FILE_INVALID',
      process.platform === 'win32' ? 'FILE_INVALID' : 'KEY_EXPOSED',
    ]);
    expect(await listKeys(join(directory, 'nowhere'))).toEqual({ keys: [], faults: [] });
  });

  it('are found by their own name, not by that of a file', async () => {
    const directory = newFolder();
    const { path } = await createKey({ directory, name: 'north' });
    await writeFile(keyPathsIn(directory, 'south').private, await readFile(path), { mode: 0o600 });
    await expect(readKey(directory, 'south')).rejects.toMatchObject({ code: 'FILE_INVALID' });
    await expect(readKey(directory, 'west')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    for (const name of ['', 'a b', '#north'])
      await expect(createKey({ directory, name })).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
  });
});

describe('names of files', () => {
  it('are of one name each, and of no folder', () => {
    const names = [
      'a',
      'A',
      'a/b',
      'a%2Fb',
      '.',
      '..',
      '.a',
      'a.0123abcd',
      'a~0123abcd',
      "it's(*)!",
      '病院'.repeat(60),
    ];
    const files = [...names, '病院'.repeat(61)].map(fileNameOf);
    expect(new Set(files).size).toBe(files.length);
    for (const file of files) expect(file).toMatch(/^[A-Za-z0-9%_-][A-Za-z0-9%._~-]{0,199}$/);
    expect(fileNameOf('a/b')).toBe('a%2Fb');
    // A tilde is the mark of what is beside a key, and of no name.
    expect(fileNameOf('a~0123abcd')).not.toContain('~');
  });
});
