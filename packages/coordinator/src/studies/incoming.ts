import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FedwardError, type Parameters } from '@fedward/core';
import { hasErrno, storageFailure } from '@fedward/kit-files';
import { writeWeights } from './start-weights.js';

const fileName = /^[0-9a-f-]{36}\.safetensors$/;
/** Which no proposal takes, milliseconds. */
const abandonedAfter = 24 * 3600 * 1000;

/**
 * Where weights lie that a proposal brings, beside the folders of studies and on their file system, until the study that they are
 * for takes its file: they travel as a file and not in the question, which is JSON and held in memory.
 * @param root folder of all studies
 */
export function incomingFolder(root: string): string {
  return join(root, '.incoming');
}

/** Puts weights there, under a name that no other proposal has. @returns that name. @throws {FedwardError} STORAGE_FAILED */
export async function putIncoming(root: string, weights: Parameters): Promise<string> {
  const name = `${randomUUID()}.safetensors`;
  await writeWeights(join(incomingFolder(root), name), weights);
  return name;
}

/** @throws {FedwardError} CONFIG_INVALID for what is no name of such a file: a question leads nowhere else */
export function incomingPath(root: string, name: string): string {
  if (fileName.test(name)) return join(incomingFolder(root), name);
  throw new FedwardError('CONFIG_INVALID', `${name} is no file of weights that a proposal brings`, 'weights');
}

/** Removes weights that no study took. */
export async function removeIncoming(root: string, name: string): Promise<void> {
  await rm(incomingPath(root, name), { force: true });
}

/** Removes what commands left that were killed a day ago and more. @throws {FedwardError} STORAGE_FAILED */
export async function clearIncoming(root: string, now = Date.now()): Promise<void> {
  const folder = incomingFolder(root);
  try {
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      if (now - (await stat(path)).mtimeMs > abandonedAfter) await rm(path, { force: true });
    }
  } catch (error) {
    if (!hasErrno(error, 'ENOENT')) throw storageFailure('write', folder, error);
  }
}
