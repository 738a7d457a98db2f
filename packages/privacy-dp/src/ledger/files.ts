import { FedwardError, hasCode } from '@fedward/core';
import { createFileAtomic, hasErrno, makeFolder, readTextIfThere, storageFailure } from '@fedward/kit-files';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** Where the files of one ledger are. */
export interface LedgerPaths {
  readonly directory: string;
  /** Written once, last of all that makes a ledger: where it is, the ledger is whole. */
  readonly terms: string;
  /** A file for each entry, and one beside it for the signature over all up to it, where the ledger is signed. */
  readonly releases: string;
}

/** The paths of the ledger in a directory, absolute. */
export function pathsIn(directory: string): LedgerPaths {
  const whole = resolve(directory);
  return { directory: whole, terms: join(whole, 'ledger.json'), releases: join(whole, 'releases') };
}

/** @param index from 1 */
export function entryPath({ releases }: LedgerPaths, index: number): string {
  return join(releases, `${nameOf(index)}.json`);
}

/** The signature over all up to an entry. @param index its own */
export function checkpointPath({ releases }: LedgerPaths, index: number): string {
  return join(releases, `${nameOf(index)}.checkpoint`);
}

function nameOf(index: number): string {
  return String(index).padStart(8, '0');
}

/** The greatest index of which there is an entry, or a signature without its entry; 0 where there is none. @throws {FedwardError} STORAGE_FAILED */
export async function greatestIndex({ releases }: LedgerPaths): Promise<number> {
  try {
    const names = await readdir(releases);
    return names.reduce(
      (most, name) => Math.max(most, Number(/^(\d{8,15})\.(?:json|checkpoint)$/.exec(name)?.[1] ?? 0)),
      0,
    );
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return 0;
    throw ofLedger(storageFailure('read', releases, error));
  }
}

/** Undefined where there is no file. @throws {FedwardError} STORAGE_FAILED */
export async function readIfThere(path: string): Promise<string | undefined> {
  return readTextIfThere(path).catch(refuse);
}

/**
 * Creates a file of the ledger, unless there is one: `createFileAtomic`, which is all the exclusion that a ledger needs.
 * There is no lock: which process lives can't be told across containers and hosts. A folder that is gone is not made
 * anew: the releases that were in it are gone too.
 *
 * @returns whether this call created it
 * @throws {FedwardError} STORAGE_FAILED; the file may be there then, if the disk refused at the very end
 */
export async function createLasting(path: string, text: string): Promise<boolean> {
  return createFileAtomic(path, text, { makeFolders: false }).catch(refuse);
}

/** A directory and those above it, each with its name on the disk. @throws {FedwardError} STORAGE_FAILED */
export async function makeDirectory(path: string): Promise<void> {
  return makeFolder(path).catch(refuse);
}

function refuse(error: unknown): never {
  throw hasCode(error, 'STORAGE_FAILED') ? ofLedger(error) : error;
}

/** What a file's failure means for a ledger. */
function ofLedger({ message, subject, cause }: FedwardError): FedwardError {
  return new FedwardError('STORAGE_FAILED', `the ledger ${message}; nothing is released`, subject, { cause });
}
