import { mkdtempSync, rmSync } from 'node:fs';
import type * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createFileAtomic, writeFileAtomic } from './atomic.js';

/** What the disk was asked for, in this order. */
const calls: string[] = [];

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof fs>();
  const called = <Args extends [string, string], T>(name: string, act: (...args: Args) => Promise<T>) => {
    return (...args: Args) => (calls.push(`${name} to ${basename(args[1])}`), act(...args));
  };
  return {
    ...real,
    rename: called('rename', real.rename as (from: string, to: string) => Promise<void>),
    link: called('link', real.link as (from: string, to: string) => Promise<void>),
    async open(path: string, ...rest: [string]) {
      const handle = await real.open(path, ...rest);
      const name = basename(path).replace(/^\.(.*)\.[0-9a-f]{12}(?=\.writing$)/, '$1');
      for (const call of ['datasync', 'sync'] as const) {
        const act = handle[call].bind(handle);
        handle[call] = () => (calls.push(`${call} ${name}`), act());
      }
      return handle;
    },
  };
});

it.skipIf(process.platform === 'win32')(
  'a file and its name are flushed to the disk before it counts as written',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lasting-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const there = basename(folder);
    await writeFileAtomic(join(folder, 'a'), '1');
    expect(calls.splice(0)).toEqual(['datasync a.writing', 'rename to a', `sync ${there}`]);
    await createFileAtomic(join(folder, 'b'), '1');
    expect(calls.splice(0)).toEqual(['datasync b.writing', 'link to b', `sync ${there}`]);
    await writeFileAtomic(join(folder, 'new', 'c'), '1');
    expect(calls.splice(0)).toEqual([`sync ${there}`, 'datasync c.writing', 'rename to c', 'sync new']);
  },
);
