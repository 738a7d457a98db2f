import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FedwardError, hasCode } from '@fedward/core';
import { readPublished, type PublishedFile } from '../files.js';
import { dataSets } from './entries.js';

/** `published`: byte for byte as published. `different`: there, but not so, or not readable. */
export type FileState = 'published' | 'different' | 'absent';

/** A data set, and whether it is here. */
export interface DataSetStatus {
  /** The name of its folder. */
  readonly name: string;
  /** Absent for a folder that the catalogue does not know. */
  readonly title?: string;
  readonly source?: string;
  readonly licence?: string;
  /** True where the folder is there. */
  readonly present: boolean;
  /** True where every file it needs is as published; undefined where the catalogue does not know the set. */
  readonly ready?: boolean;
  /** The files it is published as; of an unknown set, the number of files in its folder. */
  readonly files: readonly { readonly name: string; readonly state: FileState; readonly optional: boolean }[] | number;
}

/**
 * The data sets of the catalogue, in its order, and then the other folders, by name, with what is there of them.
 *
 * @param dataDir the folder of data sets, one folder a set
 * @throws {FedwardError} FILE_NOT_FOUND where it is not there, FILE_INVALID where it can't be read
 */
export async function listDataSets(dataDir: string): Promise<readonly DataSetStatus[]> {
  const names = await readdir(dataDir).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'ENOENT'
      ? new FedwardError('FILE_NOT_FOUND', `there is no folder ${dataDir}`, dataDir, { cause })
      : new FedwardError('FILE_INVALID', `${dataDir} can't be read: ${cause.code}`, dataDir, { cause });
  });
  const isFolder = await Promise.all(names.map(async (name) => (await stat(join(dataDir, name))).isDirectory()));
  const folders = names.filter((name, i) => isFolder[i] && !name.startsWith('.'));
  const known = dataSets.map(async ({ name, title, source, licence, files, optionalFiles }) => {
    const stateOf = (optional: boolean) => async (file: PublishedFile) => ({
      name: file.name,
      state: await stateOfFile(join(dataDir, name), file),
      optional,
    });
    const states = await Promise.all([...files.map(stateOf(false)), ...optionalFiles.map(stateOf(true))]);
    return {
      ...{ name, title, source, licence },
      present: folders.includes(name),
      // An optional file that is not as published is refused by the loader too.
      ready: states.every(({ state, optional }) => state === 'published' || (optional && state === 'absent')),
      files: states,
    };
  });
  const unknown = folders
    .filter((name) => dataSets.every((entry) => entry.name !== name))
    .sort()
    .map(async (name) => {
      const within = await readdir(join(dataDir, name), { withFileTypes: true, recursive: true });
      return { name, present: true, files: within.filter((entry) => entry.isFile()).length };
    });
  return Promise.all([...known, ...unknown]);
}

async function stateOfFile(folder: string, file: PublishedFile): Promise<FileState> {
  try {
    await readPublished(folder, file);
    return 'published';
  } catch (error) {
    if (hasCode(error, 'FILE_NOT_FOUND')) return 'absent';
    if (hasCode(error, 'DIGEST_MISMATCH') || hasCode(error, 'FILE_INVALID')) return 'different';
    throw error;
  }
}
