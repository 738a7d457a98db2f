import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FedwardError } from '@fedward/core';

/**
 * Replaces a file whole: written beside it, flushed to the disk, then renamed over it. After a crash there is the
 * old file or the new one. Two writers of one path at once would share the draft: callers take turns.
 * @throws {FedwardError} STORAGE_FAILED
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array | string): Promise<void> {
  await storing(path, async () => {
    const draft = `${path}.writing`;
    await writeDraft(draft, bytes);
    await rename(draft, path);
  });
}

/**
 * Creates a file whole, unless there is one: of several callers at once, in this process or others, exactly one
 * creates it.
 * @returns whether this call did
 * @throws {FedwardError} STORAGE_FAILED
 */
export async function createFileAtomic(path: string, bytes: Uint8Array | string): Promise<boolean> {
  return storing(path, async () => {
    const draft = `${path}.${randomBytes(6).toString('hex')}.writing`;
    await writeDraft(draft, bytes);
    try {
      // Unlike `rename`, `link` refuses where there is a file already.
      await link(draft, path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      await unlink(draft);
    }
  });
}

/**
 * Creates a folder and those above it. Not by `mkdir`'s own `recursive`: below /proc, where every name is missing
 * and none can be made, Node 20 tries for ever.
 */
export async function makeFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  if (dirname(path) !== path) await makeFolder(dirname(path));
  try {
    await mkdir(path);
  } catch (error) {
    if (!(await isFolder(path))) throw error; // else it was made by another in this moment
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function writeDraft(path: string, bytes: Uint8Array | string): Promise<void> {
  const file = await openInFolder(path);
  try {
    await file.writeFile(bytes);
    // Content and length, before the file gets its name; the times of change, which `sync` adds, are not needed.
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** The folder is there but for the first file in it. */
async function openInFolder(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await makeFolder(dirname(path));
    return open(path, 'w');
  }
}

async function storing<T>(path: string, store: () => Promise<T>): Promise<T> {
  try {
    return await store();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FedwardError('STORAGE_FAILED', `can't write ${path}: ${why}`, path, { cause });
  }
}
