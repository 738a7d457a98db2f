import { sha256, type JsonObject } from '@fedward/core';
import { syncFolder, writeNew } from '@fedward/kit-files';
import { createReadStream } from 'node:fs';
import { readdir, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { ioFailure, type LogPaths } from './files.js';

const named = /^recovered-(\d{1,9})\.bin$/;

/** Names of the files that recoveries have left in a log's directory, oldest first. */
export async function recoveredFiles({ directory }: LogPaths): Promise<string[]> {
  const names = (await readdir(directory)).filter((name) => named.test(name));
  return names.sort((a, b) => numberOf(a) - numberOf(b));
}

/**
 * Moves what lies behind the journal's last checkpoint into a new `recovered-<n>.bin`.
 *
 * Entries that are whole go there too. They were never acknowledged, so nothing was released on
 * their strength; and as anyone who can add to the file can write such entries, to adopt them would be to sign
 * what was not written by us. Killed at any point, this can be done again: the bytes leave the journal only when
 * they are on disk elsewhere, and the next opening finds any file that no `log-recovery` event names yet.
 */
export async function setAside(paths: LogPaths, journal: FileHandle, from: number): Promise<void> {
  const newest = (await recoveredFiles(paths)).at(-1);
  const target = join(paths.directory, `recovered-${newest ? numberOf(newest) + 1 : 1}.bin`);
  const behind: Buffer[] = [];
  for await (const chunk of createReadStream(paths.journal, { start: from })) behind.push(chunk as Buffer);
  try {
    await writeNew(target, Buffer.concat(behind), true);
    await syncFolder(paths.directory);
  } catch (error) {
    throw ioFailure('write', target, error);
  }
  await journal.truncate(from);
  await journal.sync();
}

/** What a `log-recovery` event says: file, length, SHA-256, and at which byte of the journal it was found. */
export async function describeAside(path: string, offset: number): Promise<JsonObject> {
  const bytes = await readFile(path);
  return { file: path.slice(path.lastIndexOf('recovered-')), bytes: bytes.length, sha256: sha256(bytes), offset };
}

function numberOf(name: string): number {
  return Number(named.exec(name)?.[1]);
}
