import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, open, readdir, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FedwardError } from '@fedward/core';

/** What is written is for whoever started the run, whatever the process's mask: it may hold facts about patients. */
const fileMode = 0o600;
const folderMode = 0o700;

/**
 * Replaces a file whole: written beside it, flushed to the disk, then renamed over it. After a crash, or a loss of power,
 * there is the old file or the new one.
 * @throws {FedwardError} STORAGE_FAILED; the old file is still there
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array | string): Promise<void> {
  await storing(path, bytes, (draft) => rename(draft, path));
}

/**
 * Creates a file whole, unless there is one: of several callers at once, in this process or others, exactly one
 * creates it.
 * @returns whether this call did
 * @throws {FedwardError} STORAGE_FAILED
 */
export async function createFileAtomic(path: string, bytes: Uint8Array | string): Promise<boolean> {
  return storing(path, bytes, async (draft) => {
    try {
      // Unlike `rename`, `link` refuses where there is a file already.
      await link(draft, path);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Whoever created it may have cleared this draft away.
      if (code === 'EEXIST' || (code === 'ENOENT' && existsSync(path))) return false;
      throw error;
    }
  });
}

const draftName = /\.[0-9a-f]{12}\.writing$/;

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
 * Creates a folder and those above it. Not by `mkdir`'s own `recursive`: below /proc, where every name is missing
 * and none can be made, Node 20 tries for ever.
 */
export async function makeFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  if (dirname(path) !== path) await makeFolder(dirname(path));
  try {
    await mkdir(path, folderMode);
    await syncFolder(dirname(path));
  } catch (error) {
    if (!(await isFolder(path))) throw error; // else it was made by another in this moment
  }
}

/** Makes names in a folder outlive the machine's power. Windows has no call for it, and needs none. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
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

/** The folder is there but for the first file in it. `wx` never follows a link that someone has put there. */
async function openInFolder(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', fileMode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await makeFolder(dirname(path));
    return open(path, 'wx', fileMode);
  }
}

/** Writes a draft beside `path`, lets it be put in place, and leaves none, whatever the disk refuses. */
async function storing<T>(
  path: string,
  bytes: Uint8Array | string,
  putInPlace: (draft: string) => Promise<T>,
): Promise<T> {
  // A name that nobody can guess, and that no two writers share.
  const draft = `${path}.${randomBytes(6).toString('hex')}.writing`;
  try {
    await writeDraft(draft, bytes);
    const placed = await putInPlace(draft);
    await syncFolder(dirname(path));
    return placed;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FedwardError('STORAGE_FAILED', `can't write ${path}: ${why}`, path, { cause });
  } finally {
    await unlink(draft).catch(() => undefined);
  }
}
