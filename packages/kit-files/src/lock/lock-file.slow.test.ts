import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { FedwardError } from '@fedward/core';
import { afterEach, describe, expect, it } from 'vitest';
import { startOf, type Holder } from './holder.js';
import { breakLock, lockFile, type FoundLock, type LockOptions } from './lock-file.js';
import { folder } from '../testing/folder.js';

const refusal = ({ path, fate }: FoundLock): FedwardError =>
  new FedwardError('CONFIG_INVALID', `${path} ${fate}`, path);
const acquireLock = (path: string, options: Partial<LockOptions> = {}) => lockFile(path, { refusal, ...options });

const inDirectory = async <T>(work: (directory: string) => Promise<T>): Promise<T> => work(await folder());

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process that does nothing, alive until the test ends or it is killed. */
function bystander(): ChildProcess & { readonly pid: number } {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  children.push(child);
  return child as ChildProcess & { readonly pid: number };
}

async function ownHolder(directory: string): Promise<Holder> {
  const release = await acquireLock(join(directory, 'own.lock'));
  const holder = JSON.parse(await readFile(join(directory, 'own.lock'), 'utf8')) as Holder;
  await release();
  return holder;
}

/** Whether a lock that names this holder can be taken. */
async function takes(
  directory: string,
  holder: Partial<Holder> | string,
  options?: Partial<LockOptions>,
): Promise<boolean> {
  const path = join(directory, 'log.lock');
  const text = typeof holder === 'string' ? holder : JSON.stringify(holder);
  await writeFile(path, text);
  try {
    const release = await acquireLock(path, options);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid });
    await release();
    expect(existsSync(path)).toBe(false);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', subject: path, message: expect.stringContaining(path) });
    expect(await readFile(path, 'utf8')).toBe(text);
    return false;
  } finally {
    expect((await readdir(directory)).filter((name) => name !== 'log.lock')).toEqual([]); // no drafts left
  }
}

describe('the lock', () => {
  it('is won by one of many who want it', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'log.lock');
      for (const stale of [false, true]) {
        if (stale) {
          const child = bystander();
          const holder = { ...(await ownHolder(directory)), pid: child.pid };
          child.kill('SIGKILL');
          await once(child, 'exit');
          await writeFile(path, JSON.stringify(holder));
        }
        const all = await Promise.allSettled(Array.from({ length: 30 }, () => acquireLock(path)));
        const won = all.filter((result) => result.status === 'fulfilled');
        expect(won).toHaveLength(1);
        await won[0]!.value();
      }
    }));

  it('of a process that runs is kept', () =>
    inDirectory(async (directory) => {
      const holder = await ownHolder(directory);
      const { pid } = bystander();
      const started = holder.started && (await startOf(pid));
      expect(await takes(directory, { ...holder, pid, started })).toBe(false);
      expect(await takes(directory, { ...holder, pid, started }, { breakUnknown: true })).toBe(false);
    }));

  it('of a process that has ended is taken over', () =>
    inDirectory(async (directory) => {
      const holder = await ownHolder(directory);
      const child = bystander();
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(await takes(directory, { ...holder, pid: child.pid })).toBe(true);
    }));

  it.skipIf(!existsSync('/proc/self/stat'))('of an ended process whose pid was given out again is taken over', () =>
    inDirectory(async (directory) => {
      const holder = await ownHolder(directory);
      expect(holder.started).toMatch(/^[0-9a-f-]{36}:\d+$/);
      expect(await takes(directory, holder)).toBe(false);
      expect(await takes(directory, { ...holder, started: `${holder.started}0` })).toBe(true); // began at another time
      // Before this machine was started again, or on another that goes by the same name: can't be told.
      const afterReboot = holder.started!.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
      for (const started of [afterReboot, null]) {
        expect(await takes(directory, { ...holder, started })).toBe(false);
        expect(await takes(directory, { ...holder, started }, { breakUnknown: true })).toBe(true);
      }
      // In another namespace the pid is another process; on another file system nothing tells.
      const elsewhere = { ...holder, started: `${holder.started}0`, namespace: 'pid:[1]', device: null };
      expect(await takes(directory, elsewhere)).toBe(false);
      expect(await takes(directory, elsewhere, { breakUnknown: true })).toBe(true);
    }),
  );

  it.skipIf(!existsSync('/proc/self/stat'))('of a process that has ended and not been collected is taken over', () =>
    inDirectory(async (directory) => {
      const holder = await ownHolder(directory);
      // The shell's first child ends when the shell has become something that never asks for its result.
      const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
      children.push(parent);
      const [output] = (await once(parent.stdout!, 'data')) as [Buffer];
      const pid = Number(output.toString());
      let fields: string[] = [];
      while (fields[2] !== 'Z') fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(' ');
      const boot = holder.started!.split(':')[0]!;
      expect(await takes(directory, { ...holder, pid, started: `${boot}:${fields[21]}` })).toBe(true);
    }),
  );

  it('of another host, or that names no one, is broken only where the caller says so', () =>
    inDirectory(async (directory) => {
      const other = { host: `not-${hostname()}`, pid: 2 ** 22 + 1, started: 'of-another-boot:1' };
      for (const found of [other, '', '{}', 'x']) {
        expect(await takes(directory, found)).toBe(false);
        expect(await takes(directory, found, { breakUnknown: true })).toBe(true);
      }
      // Or where the caller finds out.
      const seen: FoundLock[] = [];
      const ask = (answer: boolean) => ({
        breakUnknown: (lock: FoundLock) => Promise.resolve((seen.push(lock), answer)),
      });
      expect(await takes(directory, other, ask(false))).toBe(false);
      expect(await takes(directory, other, ask(true))).toBe(true);
      expect(seen[0]).toMatchObject({ here: false, fate: 'unknown', holder: other });
    }));

  it.skipIf(!existsSync('/proc/self/ns/pid'))('of a container beside this one is told by whether it is touched', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'log.lock');
      const rhythm = { everyMilliseconds: 20, silenceMilliseconds: 1000 };
      const release = await acquireLock(path, { rhythm });
      // As a process would see it whose pid namespace is another.
      const elsewhere = { ...(await ownHolder(directory)), namespace: 'pid:[1]', pid: 2 ** 22 + 1 };
      const file = await open(path, 'r+');
      await file.truncate(0);
      await file.write(JSON.stringify(elsewhere), 0);
      await file.close();
      const held = acquireLock(path, { rhythm, breakUnknown: true });
      await expect(held).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(' runs') });
      await release(); // touches it no more, and leaves it, since it does not know it again
      await (
        await acquireLock(path, { rhythm })
      )();
      expect(await readdir(directory)).toEqual([]);
      // On another file system two touches may be seen as none.
      expect(await takes(directory, { ...elsewhere, device: '0' }, { rhythm })).toBe(false);
    }),
  );

  it('that was taken since a stale one was found in its place is left alone', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'log.lock');
      const release = await acquireLock(path);
      await breakLock(path, 'the stale one', { refusal });
      await expect(acquireLock(path)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
      await release();
    }));

  it('is given back by its holder alone', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'log.lock');
      const release = await acquireLock(path);
      await writeFile(path, 'of someone else');
      await release();
      expect(await readFile(path, 'utf8')).toBe('of someone else');
    }));
});
