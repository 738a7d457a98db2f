import { canonicalJson, isFedwardError, type FedwardError } from '@fedward/core';
import { randomBytes } from 'node:crypto';
import { readFile, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasErrno, storageFailure } from '../failure.js';
import { syncFolder } from '../folder.js';
import { linkNew, writeNew } from '../open-file.js';
import { beat, type Rhythm } from './heartbeat.js';
import { fateOf, holderSchema, thisProcess, type Holder } from './holder.js';

/** A lock that was found in the way. */
export interface FoundLock {
  readonly path: string;
  /** Absent where the file names no process. */
  readonly holder?: Holder;
  /** True where the holder was started on a machine of this one's name. */
  readonly here: boolean;
  /** `unknown`: from here nobody can tell whether it still runs. */
  readonly fate: 'runs' | 'unknown';
}

/** Of `lockFile`. */
export interface LockOptions {
  /** What is thrown for a lock that is kept. */
  readonly refusal: (found: FoundLock) => FedwardError;
  /**
   * Whether the lock of a holder of which nobody here can tell whether it runs is taken over, or how that is found out.
   * Default: false.
   */
  readonly breakUnknown?: boolean | ((found: FoundLock) => Promise<boolean>);
  /** For tests. */
  readonly rhythm?: Rhythm;
}

/**
 * Makes this process the only one that has a lock. That of a dead process is taken over, a lock is broken only on proof
 * that its holder is dead (see `fateOf`), or where the caller says so and nothing is known against it.
 *
 * @param path of the lock file, which names the holder
 * @returns gives the lock back
 * @throws {FedwardError} the caller's refusal where another has the lock; STORAGE_FAILED where the file can't be made
 */
export async function lockFile(path: string, options: LockOptions): Promise<() => Promise<void>> {
  // Written beside and linked into place: whoever sees a lock sees all of it, also after a power cut, and
  // `link` refuses where a lock is there already.
  const draft = `${path}.${process.pid}-${randomBytes(6).toString('hex')}`;
  try {
    const mine = await thisProcess(path);
    const text = `${canonicalJson({ ...mine })}\n`;
    await writeNew(draft, Buffer.from(text), true);
    while (!(await linkNew(draft, path))) {
      const found = await textOf(path);
      if (found === undefined) continue; // given back in this moment
      await assertNotHeld(path, found, mine, options);
      await breakLock(path, found, options);
    }
    await syncFolder(dirname(path));
    const stop = beat(draft, options.rhythm);
    return async () => {
      stop();
      await release(path, text);
    };
  } catch (error) {
    throw isFedwardError(error) ? error : storageFailure('write', path, error);
  } finally {
    await unlink(draft).catch(() => undefined);
  }
}

/** A lock that can't be removed is stale once this process has ended; that of another is not ours to remove. */
async function release(path: string, text: string): Promise<void> {
  const found = await textOf(path).catch(() => undefined);
  if (found === text) await unlink(path).catch(() => undefined);
}

async function assertNotHeld(path: string, text: string, mine: Holder, options: LockOptions): Promise<void> {
  const { refusal, breakUnknown = false, rhythm } = options;
  const holder = holderOf(text);
  const fate = holder ? await fateOf(path, holder, mine, rhythm) : 'unknown';
  if (fate === 'ended') return;
  const found = { path, ...(holder && { holder }), here: holder?.host === mine.host, fate };
  if (fate === 'runs') throw refusal(found);
  const breaks = typeof breakUnknown === 'boolean' ? breakUnknown : await breakUnknown(found);
  if (!breaks) throw refusal(found);
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
export async function breakLock(path: string, stale: string, options: LockOptions): Promise<void> {
  const release = await lockFile(`${path}.break`, { refusal: options.refusal });
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
