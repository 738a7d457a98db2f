import { canonicalJson, FedwardError } from '@fedward/core';
import { randomBytes } from 'node:crypto';
import { link, readFile, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import * as z from 'zod';
import { hasErrno, ioFailure, writeWhole } from './files.js';

const holderSchema = z.strictObject({
  host: z.string(),
  pid: z.int().min(1),
  /** When the process began, to tell it from a later one with its pid; null where the system does not say. */
  started: z.string().nullable(),
});
type Holder = z.output<typeof holderSchema>;

/**
 * Makes this process the only writer of a log. The lock of a dead process is taken over, a lock is broken only
 * on proof that its holder is dead: never by age, and never when it is of another host.
 *
 * @param path of the lock file, which names the holder
 * @returns gives the lock back
 * @throws {FedwardError} AUDIT_FAILED where another writer has the lock, or the file can't be made
 */
export async function acquireLock(path: string): Promise<() => Promise<void>> {
  const mine: Holder = { host: hostname(), pid: process.pid, started: await startOf(process.pid) };
  const text = `${canonicalJson(mine)}\n`;
  // Written beside and linked into place: whoever sees a lock sees all of it, also after a power cut, and
  // `link` refuses where a lock is there already.
  const draft = `${path}.${process.pid}-${randomBytes(6).toString('hex')}`;
  try {
    await writeWhole(draft, Buffer.from(text), true);
    while (!(await linked(draft, path))) {
      const found = await textOf(path);
      if (found === undefined) continue; // given back in this moment
      await refuseIfHeld(path, found);
      await breakLock(path, found);
    }
  } catch (error) {
    throw error instanceof FedwardError ? error : ioFailure('write', path, error);
  } finally {
    await unlink(draft).catch(() => undefined);
  }
  return () => release(path, text);
}

/** A lock that can't be removed is stale once this process has ended; that of another is not ours to remove. */
async function release(path: string, text: string): Promise<void> {
  const found = await textOf(path).catch(() => undefined);
  if (found === text) await unlink(path).catch(() => undefined);
}

async function refuseIfHeld(path: string, text: string): Promise<void> {
  const refuse = (why: string): never => {
    throw new FedwardError('AUDIT_FAILED', `the audit log has another writer: ${path} ${why}`, path);
  };
  let holder: Holder;
  try {
    holder = holderSchema.parse(JSON.parse(text));
  } catch {
    return refuse('names no process; remove it if no process writes to this log');
  }
  const { host, pid } = holder;
  if (host !== hostname())
    return refuse(`is held by process ${pid} on ${host}; remove it if that process no longer runs`);
  if (await isRunning(holder)) return refuse(`is held by process ${pid}`);
}

/** True unless it is certain that the process is gone: no such pid, or a pid that was given out again. */
async function isRunning({ pid, started }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (hasErrno(error, 'ESRCH')) return false;
  }
  const startedNow = await startOf(pid);
  return started === null || startedNow === null || started === startedNow;
}

/**
 * Removes a lock that was found stale, if it is still that one. Breaking has a lock of its own: of two who find
 * the same stale lock, the second would else remove the one that the first has taken in the meantime.
 */
export async function breakLock(path: string, stale: string): Promise<void> {
  const release = await acquireLock(`${path}.break`);
  try {
    if ((await textOf(path)) === stale) await unlink(path);
  } finally {
    await release();
  }
}

/** False where there is a file at `path` already. */
async function linked(existing: string, path: string): Promise<boolean> {
  try {
    await link(existing, path);
    return true;
  } catch (error) {
    if (hasErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * When a process began: boot id and clock ticks since boot, which no two processes with one pid share. Null
 * where there is no /proc; then a living pid counts as the holder. A zombie writes no more and has no start.
 */
async function startOf(pid: number): Promise<string | null> {
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // proc(5): field 2 is the name in brackets, which may hold anything; 3 the state, 22 the start time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : `${boot.trim()}:${fields[19]}`;
  } catch {
    return null;
  }
}
