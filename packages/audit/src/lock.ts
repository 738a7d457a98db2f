import { canonicalJson, FedwardError, isFedwardError } from '@fedward/core';
import { hasErrno, linkNew, syncFolder, writeNew } from '@fedward/kit-files';
import { randomBytes } from 'node:crypto';
import { readFile, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ioFailure } from './files.js';
import { fateOf, holderSchema, thisProcess, type Holder } from './holder.js';
import { beat, type Rhythm } from './heartbeat.js';

export interface LockOptions {
  /** True to take over the lock of a holder of which nobody here can tell whether it runs. Default: false. */
  readonly breakUnknown?: boolean;
  /** For tests. */
  readonly rhythm?: Rhythm;
}

/**
 * Makes this process the only writer of a log. The lock of a dead process is taken over, a lock is broken only
 * on proof that its holder is dead (see `fateOf`), or where the caller says so and nothing is known against it.
 *
 * @param path of the lock file, which names the holder
 * @returns gives the lock back
 * @throws {FedwardError} AUDIT_FAILED where another writer has the lock, or the file can't be made
 */
export async function acquireLock(
  path: string,
  { breakUnknown = false, rhythm }: LockOptions = {},
): Promise<() => Promise<void>> {
  // Written beside and linked into place: whoever sees a lock sees all of it, also after a power cut, and
  // `link` refuses where a lock is there already.
  const draft = `${path}.${process.pid}-${randomBytes(6).toString('hex')}`;
  try {
    const mine = await thisProcess(path);
    const text = `${canonicalJson(mine)}\n`;
    await writeNew(draft, Buffer.from(text), true);
    while (!(await linkNew(draft, path))) {
      const found = await textOf(path);
      if (found === undefined) continue; // given back in this moment
      await assertNotHeld(path, found, mine, breakUnknown, rhythm);
      await breakLock(path, found);
    }
    await syncFolder(dirname(path));
    const stop = beat(draft, rhythm);
    return async () => {
      stop();
      await release(path, text);
    };
  } catch (error) {
    throw isFedwardError(error) ? error : ioFailure('write', path, error);
  } finally {
    await unlink(draft).catch(() => undefined);
  }
}

/** A lock that can't be removed is stale once this process has ended; that of another is not ours to remove. */
async function release(path: string, text: string): Promise<void> {
  const found = await textOf(path).catch(() => undefined);
  if (found === text) await unlink(path).catch(() => undefined);
}

async function assertNotHeld(
  path: string,
  text: string,
  mine: Holder,
  breakUnknown: boolean,
  rhythm: Rhythm | undefined,
): Promise<void> {
  const refuse = (why: string): never => {
    throw new FedwardError('AUDIT_FAILED', `the audit log has another writer: ${path} ${why}`, path);
  };
  const wayOut = 'if no process writes to this log, take the lock over (breakLock; --resume --break-lock)';
  const holder = holderOf(text);
  if (!holder) return breakUnknown ? undefined : refuse(`names no process; ${wayOut}`);
  const { host, pid } = holder;
  const fate = await fateOf(path, holder, mine, rhythm);
  if (fate === 'runs') return refuse(`is held by process ${pid}${host === mine.host ? '' : ` on ${host}`}, which runs`);
  if (fate === 'unknown' && !breakUnknown)
    return refuse(
      `is held by process ${pid} on ${host}, of which it can't be told from here whether it still runs (another machine, ` +
        `or this one before it was started again); ${wayOut}`,
    );
}

function holderOf(text: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
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

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
