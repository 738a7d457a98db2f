import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, renameSync, unlinkSync } from 'node:fs';
import { open, readdir, rename, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isFedwardError } from '@fedward/core';
import { hasErrno, storageFailure } from './failure.js';
import { ensureFolder, syncFolder } from './folder.js';
import { fileMode, linkNew, writeFully } from './open-file.js';

/** What a file is to hold: all of it, or piece by piece. */
export type FileContent = Uint8Array | string | AsyncIterable<Uint8Array | string>;

/** Of `writeFileAtomic` and `createFileAtomic`. */
export interface FileOptions {
  /**
   * Whether the folder of the file, and those above it, are made where they are missing. Default: true. False where a folder
   * that is gone is a failure: what was in it is gone too.
   */
  readonly makeFolders?: boolean;
  /**
   * Whether it must be on the disk when this resolves. Default: true. With false it has been handed to the operating system:
   * it is whole after the death of the process, and may be lost with that of the machine.
   */
  readonly lasting?: boolean;
}

/**
 * Replaces a file whole: written beside it, flushed to the disk, then renamed over it. After a crash, or a loss of power,
 * there is the old file or the new one. Killed at any point, it leaves at most a draft (`isDraft`), which nobody reads.
 *
 * @param bytes pieces are written as they come, for a file that is larger than memory; what fails while they are made is
 *   thrown as it is, and leaves the old file
 * @throws {FedwardError} STORAGE_FAILED; the old file is still there, or, where the disk refused at the very end, the new
 */
export async function writeFileAtomic(path: string, bytes: FileContent, options: FileOptions = {}): Promise<void> {
  await storing(path, bytes, options, true, (draft) => rename(draft, path));
}

/**
 * Replaces a small file whole as `writeFileAtomic` does with `lasting: false`, in this thread: what is written down often, and
 * need not outlive the machine, costs a fraction of what it costs by way of others. Its folder has to be there.
 * @throws {FedwardError} STORAGE_FAILED; the old file is still there
 */
export function replaceFileQuickly(path: string, text: string): void {
  const draft = draftOf(path);
  try {
    const fd = openSync(draft, 'wx', fileMode);
    try {
      writeFully(fd, Buffer.from(text), 0);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, path);
  } catch (cause) {
    if (existsSync(draft)) unlinkSync(draft);
    throw storageFailure('write', path, cause);
  }
}

/**
 * Creates a file whole, unless there is one: of several callers at once, in this process or others, exactly one
 * creates it. A file that others see has all its content on the disk; when this resolves to true, its name is there too.
 * Killed at any point, it leaves the file or none, and at most a draft.
 *
 * That is exclusion without a lock: none can be left behind by a process that was killed, and none can be broken that is
 * still held.
 *
 * @returns whether this call did
 * @throws {FedwardError} STORAGE_FAILED; the file may be there then, if the disk refused at the very end
 */
export async function createFileAtomic(
  path: string,
  bytes: Uint8Array | string,
  options: FileOptions = {},
): Promise<boolean> {
  return storing(path, bytes, options, false, async (draft) => {
    try {
      return await linkNew(draft, path);
    } catch (error) {
      // Whoever created it may have cleared this draft away.
      if (hasErrno(error, 'ENOENT') && existsSync(path)) return false;
      throw error;
    }
  });
}

const draftName = /\.[0-9a-f]{12}\.writing$/;

/** A name that nobody can guess, that no two writers share, and that no list of a folder's files shows unasked. */
function draftOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.writing`);
}

/** Whether a file is what a process left that was killed while it wrote: nobody reads it. */
export function isDraft(name: string): boolean {
  return draftName.test(name);
}

/** Removes what writers that were killed left in a folder that now has no writer. */
export async function removeDrafts(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.filter(isDraft).map((name) => unlink(join(folder, name)).catch(() => undefined)));
}

/**
 * Writes a draft beside `path`, lets it be put in place, and leaves none, whatever the disk refuses.
 * @param moves whether putting it in place takes away its name
 */
async function storing<T>(
  path: string,
  bytes: FileContent,
  { makeFolders = true, lasting = true }: FileOptions,
  moves: boolean,
  putInPlace: (draft: string) => Promise<T>,
): Promise<T> {
  const draft = draftOf(path);
  let gone = false;
  try {
    await writeDraft(draft, bytes, makeFolders, lasting);
    const placed = await putInPlace(draft);
    gone = moves;
    if (lasting) await syncFolder(dirname(path));
    return placed;
  } catch (cause) {
    throw isFedwardError(cause) ? cause : storageFailure('write', path, cause);
  } finally {
    if (!gone) await unlink(draft).catch(() => undefined);
  }
}

async function writeDraft(path: string, bytes: FileContent, makeFolders: boolean, lasting: boolean): Promise<void> {
  const file = makeFolders ? await openInFolder(path) : await openDraft(path);
  try {
    await file.writeFile(bytes as Uint8Array); // it takes pieces too, which @types/node 20 does not say
    // Content and length, before the file gets its name; the times of change, which `sync` adds, are not needed.
    if (lasting) await file.datasync();
  } finally {
    await file.close();
  }
}

/** The folder is there but for the first file in it. */
async function openInFolder(path: string): Promise<FileHandle> {
  try {
    return await openDraft(path);
  } catch (error) {
    if (!hasErrno(error, 'ENOENT')) throw error;
    await ensureFolder(dirname(path));
    return openDraft(path);
  }
}

/** `wx` never follows a link that someone has put there. */
function openDraft(path: string): Promise<FileHandle> {
  return open(path, 'wx', fileMode);
}
