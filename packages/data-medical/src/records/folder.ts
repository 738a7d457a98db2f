import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FedwardError } from '@fedward/core';
import { unreadable } from '../files.js';

/**
 * The files that are meant: those given, and of a folder all with the right ending, by name.
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID; DATA_EMPTY where a folder has none
 */
export async function filesIn(
  from: string | readonly string[],
  ending: RegExp,
  endings: string,
): Promise<readonly string[]> {
  const files: string[] = [];
  for (const path of typeof from === 'string' ? [from] : from) {
    const found = await stat(path).catch((cause: unknown) => {
      throw unreadable(path, cause);
    });
    if (!found.isDirectory()) files.push(path);
    else {
      const inside = (await namesIn(path)).filter((name) => ending.test(name)).map((name) => join(path, name));
      if (inside.length === 0) throw new FedwardError('DATA_EMPTY', `${path} has no files ${endings}`, path);
      files.push(...inside);
    }
  }
  if (files.length === 0) throw new FedwardError('DATA_EMPTY', `no files ${endings} are given`, 'files');
  return [...new Set(files)];
}

/** The names of a folder's files, in an order that hangs on no machine. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw unreadable(folder, cause);
  });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}
