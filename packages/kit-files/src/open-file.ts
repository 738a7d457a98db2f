import { closeSync, constants, fdatasync, openSync, unlinkSync, writeSync } from 'node:fs';
import { link } from 'node:fs/promises';
import { hasErrno } from './failure.js';

/**
 * The steps of durable writing one by one, for who keeps a file open and knows in which order they have to be: a log that
 * adds a line and a head for each entry. All else is written by `writeFileAtomic` and `createFileAtomic`.
 *
 * Bytes are handed over in this thread: the system takes them into memory, which is done before another thread could have
 * begun. What has to wait for the disk is `flush`. All of these throw the system's own errors.
 */

/** For a file that only its owner may read and write. */
export const fileMode = 0o600;

/** To write to a file that is there, and not to where a link in its place leads. Windows has no such flag. */
export const writeInPlace = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0);

/**
 * Writes all of the bytes. A full disk takes a part first and refuses only the next call, so that the number of bytes
 * taken must be looked at.
 *
 * @param position in the file, bytes
 */
export function writeFully(fd: number, bytes: Uint8Array, position: number): void {
  let done = 0;
  while (done < bytes.length) {
    const taken = writeSync(fd, bytes, done, bytes.length - done, position + done);
    if (taken === 0) throw new Error(`the disk took ${done} of ${bytes.length} bytes and no more`);
    done += taken;
  }
}

/** Resolves once content and length of an open file are on disk. */
export function flush(fd: number): Promise<void> {
  return new Promise((resolve, reject) => fdatasync(fd, (error) => (error ? reject(error) : resolve())));
}

/**
 * Writes a file anew, for its owner alone. What is there under its name, such as the draft of a process that was killed or a
 * link that someone has put there, is removed and not followed. The file is not whole before this resolves: it is one that
 * nobody reads until it is renamed or linked.
 *
 * @param lasting whether its content is to be on disk when this resolves
 */
export async function writeNew(path: string, bytes: Uint8Array, lasting: boolean): Promise<void> {
  const fd = openNew(path);
  try {
    writeFully(fd, bytes, 0);
    if (lasting) await flush(fd);
  } finally {
    closeSync(fd);
  }
}

function openNew(path: string): number {
  try {
    return openSync(path, 'wx', fileMode);
  } catch (error) {
    if (!hasErrno(error, 'EEXIST')) throw error;
    unlinkSync(path);
    return openSync(path, 'wx', fileMode);
  }
}

/**
 * Gives a file a second name, unless there is one of that name: unlike a rename, a link refuses.
 * @returns whether this call did
 */
export async function linkNew(existing: string, path: string): Promise<boolean> {
  try {
    await link(existing, path);
    return true;
  } catch (error) {
    if (hasErrno(error, 'EEXIST')) return false;
    throw error;
  }
}
