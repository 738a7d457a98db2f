import { hasCode } from '@fedward/core';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { errno, interceptDisk, killedAt, restoreDisk, type DiskCall } from '../../../tools/testing/disk.js';
import { createFileAtomic, isDraft, removeDrafts, writeFileAtomic } from './atomic.js';
import { folder } from './testing/folder.js';

afterEach(restoreDisk);

/** What a file asks of the disk, in this order; with `put` it is there. */
const callsOf = (put: 'rename' | 'link'): readonly DiskCall[] => [
  ...(['open', 'writeFile', 'datasync', 'close', put] as const),
  ...(['open', 'sync', 'close'] as const),
  ...(put === 'link' ? (['unlink'] as const) : []), // a rename has taken the draft's name away
];

/** The folder's names that are no drafts. */
const namesIn = async (path: string): Promise<string[]> => (await readdir(path)).filter((name) => !isDraft(name));

describe.skipIf(process.platform === 'win32').each([
  ['writeFileAtomic', 'rename', (path: string) => writeFileAtomic(path, 'new'), 'old'],
  ['createFileAtomic', 'link', (path: string) => createFileAtomic(path, 'new'), undefined],
] as const)('%s', (_, put, write, old) => {
  const calls = callsOf(put);
  const points = calls.flatMap((call, number) => [false, true].map((made) => ({ call, number, made })));
  const placed = calls.indexOf(put);

  /** What is there before, as nobody disturbs it. */
  async function before(): Promise<{ readonly directory: string; readonly path: string }> {
    const directory = await folder();
    const path = join(directory, 'file');
    if (old !== undefined) await writeFileAtomic(path, old);
    return { directory, path };
  }
  const textOf = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined);

  it.each(points)('killed at $call (call $number, made: $made) leaves all of it or nothing', async (point) => {
    const { directory, path } = await before();
    expect(await killedAt(point.number, point.made, () => write(path))).toBe(point.call);
    const there = point.number > placed || (point.number === placed && point.made);
    expect(await textOf(path)).toBe(there ? 'new' : old);
    expect(await namesIn(directory)).toEqual(there || old !== undefined ? ['file'] : []);
    // Who comes after it is not hindered by what it left.
    await removeDrafts(directory);
    await write(path);
    expect(await textOf(path)).toBe('new');
    expect(await readdir(directory)).toEqual(['file']);
  });

  it('asks for all these calls, and no more', async () => {
    const { path } = await before();
    expect(await killedAt(calls.length, true, () => write(path))).toBe('survived');
  });

  const refusing = points.filter(({ made, call }) => !made && call !== 'unlink');
  it.each(refusing)('refused at $call (call $number) says so, and leaves no draft', async ({ number }) => {
    const { directory, path } = await before();
    let count = 0;
    interceptDisk(async (_call, act) => {
      if (count++ === number) throw errno('ENOSPC');
      return act();
    });
    const refusal = await write(path).then(
      () => undefined,
      (error: unknown) => error,
    );
    await restoreDisk();
    expect(hasCode(refusal, 'STORAGE_FAILED')).toBe(true);
    expect(refusal).toMatchObject({ subject: path, message: expect.stringContaining('ENOSPC') });
    expect(await textOf(path)).toBe(number > placed ? 'new' : old);
    expect((await readdir(directory)).filter(isDraft)).toEqual([]);
  });

  it('of which the disk takes the half leaves what was there', async () => {
    const { directory, path } = await before();
    interceptDisk(async (call, act, handle) => {
      if (call !== 'writeFile') return act();
      await handle!.write('ne');
      throw errno('ENOSPC');
    });
    await expect(write(path)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await restoreDisk();
    expect(await textOf(path)).toBe(old);
    expect((await readdir(directory)).filter(isDraft)).toEqual([]);
  });
});
