import { FedwardError } from '@fedward/core';
import { closeSync, constants, fdatasync, fsync, openSync, unlinkSync, writeSync } from 'node:fs';
import { stat } from 'node:fs/promises';
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
 *
 * In this thread: the system takes the bytes into memory, which is done before another thread could have begun.
 * What has to wait for the disk is `flush`.
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

/** A log tells who took part and what was spent: its files are their owner's alone. */
export const fileMode = 0o600;
export const directoryMode = 0o700;

/** To write to a file that is there, and not to where a link in its place leads. Windows has no such flag. */
export const writeInPlace = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0);

/**
 * Writes a file anew. What is there under its name, such as the draft of a process that was killed or a link that someone
 * has put there, is removed and not followed. With `fsync`, the content is on disk when this resolves.
 */
export async function writeWhole(path: string, bytes: Uint8Array, fsync: boolean): Promise<void> {
  const fd = openNew(path);
  try {
    writeFully(fd, bytes, 0);
    if (fsync) await flush(fd);
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

/** A directory whose changes can be made to last. */
export interface OpenDirectory {
  /** Makes creations and renames in it survive a power cut. */
  sync(): Promise<void>;
  close(): void;
}

/** Windows has no call to sync a directory, and needs none. */
export function openDirectory(directory: string): OpenDirectory {
  if (process.platform === 'win32') return { sync: () => Promise.resolve(), close: () => undefined };
  const fd = openSync(directory, 'r');
  return {
    sync: () => new Promise((resolve, reject) => fsync(fd, (error) => (error ? reject(error) : resolve()))),
    close: () => closeSync(fd),
  };
}

/** `openDirectory(directory).sync()`, for once. */
export async function syncDirectory(directory: string): Promise<void> {
  const open = openDirectory(directory);
  try {
    await open.sync();
  } finally {
    open.close();
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
