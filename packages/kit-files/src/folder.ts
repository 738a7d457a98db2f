import { closeSync, fsync, openSync } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { storageFailure } from './failure.js';

/** What is written is its owner's alone, whatever the process's mask: it may hold facts about patients. */
const folderMode = 0o700;

/**
 * Creates a folder and those above it, each with its name on the disk.
 * @throws {FedwardError} STORAGE_FAILED
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await ensureFolder(path);
  } catch (error) {
    throw storageFailure('write', path, error);
  }
}

/**
 * `makeFolder`, with the system's own errors. Not by `mkdir`'s own `recursive`: below /proc, where every name is missing
 * and none can be made, Node 20 tries for ever.
 */
export async function ensureFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  if (dirname(path) !== path) await ensureFolder(dirname(path));
  try {
    await mkdir(path, folderMode);
    await syncFolder(dirname(path));
  } catch (error) {
    if (!(await isFolder(path))) throw error; // else it was made by another in this moment
  }
}

/** Makes creations and renames in a folder survive a power cut. Windows has no call for it, and needs none. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** A folder that is kept open, for whoever changes it often. */
export interface OpenFolder {
  /** As `syncFolder`. */
  sync(): Promise<void>;
  close(): void;
}

/** Opens a folder that is there. @throws {Error} the system's own */
export function openFolder(path: string): OpenFolder {
  if (process.platform === 'win32') return { sync: () => Promise.resolve(), close: () => undefined };
  const fd = openSync(path, 'r');
  return {
    sync: () => new Promise((resolve, reject) => fsync(fd, (error) => (error ? reject(error) : resolve()))),
    close: () => closeSync(fd),
  };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
