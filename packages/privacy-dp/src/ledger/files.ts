import { FedwardError } from '@fedward/core';
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, readdir, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** Where the files of one ledger are. */
export interface LedgerPaths {
  readonly directory: string;
  /** Written once, last of all that makes a ledger: where it is, the ledger is whole. */
  readonly terms: string;
  readonly releases: string;
}

/** The paths of the ledger in a directory, absolute. */
export function pathsIn(directory: string): LedgerPaths {
  const whole = resolve(directory);
  return { directory: whole, terms: join(whole, 'ledger.json'), releases: join(whole, 'releases') };
}

/** @param index from 1 */
export function releasePath({ releases }: LedgerPaths, index: number): string {
  return join(releases, `${String(index).padStart(8, '0')}.json`);
}

/** The greatest index of which there is a file; 0 where there is none. */
export async function greatestIndex({ releases }: LedgerPaths): Promise<number> {
  try {
    const names = await readdir(releases);
    return names.reduce((most, name) => Math.max(most, Number(/^(\d{8,15})\.json$/.exec(name)?.[1] ?? 0)), 0);
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return 0;
    throw storageFailure('read', releases, error);
  }
}

/** Undefined where there is no file. @throws {FedwardError} STORAGE_FAILED */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined;
    throw storageFailure('read', path, error);
  }
}

/**
 * Creates a file whole, unless there is one: of several callers at once, in this process or in others, exactly one
 * creates it. A file that others see has all its content on the disk; when this resolves to true, its name is there
 * too. Killed at any point, it leaves the file or none, and at most a draft that nobody reads.
 *
 * That is all the exclusion that a ledger needs. There is no lock, so none can be left behind by a process that was
 * killed, and none can be broken that is still held: which process lives can't be told across containers and hosts.
 *
 * @returns whether this call created it
 * @throws {FedwardError} STORAGE_FAILED; the file may be there then, if the disk refused at the very end
 */
export async function createLasting(path: string, text: string): Promise<boolean> {
  const draft = join(dirname(path), `.draft-${process.pid}-${randomBytes(6).toString('hex')}`);
  try {
    await writeLasting(draft, text);
    // Unlike `rename`, `link` refuses where there is a file already.
    if (!(await linked(draft, path))) return false;
    await syncDirectory(dirname(path));
    return true;
  } catch (error) {
    throw storageFailure('write', path, error);
  } finally {
    await unlink(draft).catch(() => undefined);
  }
}

/**
 * A directory and those above it, each with its name on the disk. Not by `mkdir`'s own `recursive`: below /proc, where
 * every name is missing and none can be made, Node 20 tries for ever.
 *
 * @throws {FedwardError} STORAGE_FAILED
 */
export async function makeDirectory(path: string): Promise<void> {
  if (await isDirectory(path)) return;
  if (dirname(path) !== path) await makeDirectory(dirname(path));
  try {
    await mkdir(path, 0o700);
    await syncDirectory(dirname(path));
  } catch (error) {
    if (!(await isDirectory(path))) throw storageFailure('write', path, error); // else made by another in this moment
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function writeLasting(path: string, text: string): Promise<void> {
  // For its owner alone, and never through a link that someone has put there.
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.datasync(); // content and length
  } finally {
    await file.close();
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

/** Windows has no call to sync a directory, and needs none. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function hasErrno(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}

function storageFailure(doing: 'read' | 'write', path: string, cause: unknown): FedwardError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `the ledger can't ${doing} ${path}: ${reason}; nothing is released`;
  return new FedwardError('STORAGE_FAILED', message, path, { cause });
}
