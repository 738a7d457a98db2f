import { FedwardError } from '@fedward/core';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

export interface LogPaths {
  readonly directory: string;
  readonly log: string;
  readonly head: string;
  readonly lock: string;
}

export function pathsIn(directory: string): LogPaths {
  return {
    directory,
    log: join(directory, 'log.jsonl'),
    head: join(directory, 'head.json'),
    lock: join(directory, 'log.lock'),
  };
}

/** What the operating system refused, with the file that it was about. */
export function ioFailure(doing: 'read' | 'write', path: string, cause: unknown): FedwardError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FedwardError('AUDIT_FAILED', `the audit log can't ${doing} ${path}: ${reason}`, path, { cause });
}

/** True where there is no file of that name; a directory of that name is no file. */
export function isMissing(error: unknown): boolean {
  return hasErrno(error, 'ENOENT') || hasErrno(error, 'EISDIR');
}

export function hasErrno(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}

/**
 * Writes all of the bytes. A full disk takes a part first and refuses only the next call, so that the number
 * of bytes taken must be looked at.
 */
export async function writeFully(file: Pick<FileHandle, 'write'>, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    if (bytesWritten === 0) throw new Error(`the disk took ${done} of ${bytes.length} bytes and no more`);
    done += bytesWritten;
  }
}

/** Creates or replaces a file's content. With `fsync`, it is on disk when this resolves. */
export async function writeWhole(path: string, bytes: Uint8Array, fsync: boolean): Promise<void> {
  const file = await open(path, 'w');
  try {
    await writeFully(file, bytes, 0);
    if (fsync) await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes creations and renames in a directory survive a power cut. Windows has no such call, and needs none. */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Length of a file in bytes, or undefined where there is none.
 * @throws {FedwardError} AUDIT_FAILED where that can't be found out
 */
export async function lengthOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw ioFailure('read', path, error);
  }
}
