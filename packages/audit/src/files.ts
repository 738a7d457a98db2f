import { FedwardError } from '@fedward/core';
import { lengthOf as lengthOfFile, makeFolder, syncFolder, writeNew } from '@fedward/kit-files';
import { existsSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a log has on disk. */
export interface LogPaths {
  readonly directory: string;
  /** How far the tiles go, signed where the log is (C2SP tlog-checkpoint). */
  readonly checkpoint: string;
  /** What was acknowledged and is not in tiles yet. There is none where the log was closed. */
  readonly journal: string;
  /** Details that are too long for an entry, by their SHA-256. */
  readonly details: string;
  readonly lock: string;
}

export function pathsIn(directory: string): LogPaths {
  return {
    directory,
    checkpoint: join(directory, 'checkpoint'),
    journal: join(directory, 'journal'),
    details: join(directory, 'details'),
    lock: join(directory, 'log.lock'),
  };
}

/** Whether there is a log of version 0.1 and none of this one. */
export function isLineLog({ directory, checkpoint, journal }: LogPaths): boolean {
  if (existsSync(journal) || existsSync(checkpoint) || existsSync(join(directory, 'tile'))) return false;
  return existsSync(join(directory, 'log.jsonl')) || existsSync(join(directory, 'head.json'));
}

/** What the operating system refused, with the file that it was about. */
export function ioFailure(doing: 'read' | 'write', path: string, cause: unknown): FedwardError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FedwardError('AUDIT_FAILED', `the audit log can't ${doing} ${path}: ${reason}`, path, { cause });
}

/** A file that is not as a log leaves it. */
export function tampered(path: string, message: string): FedwardError {
  return new FedwardError('AUDIT_TAMPERED', `${path}: ${message}`, path);
}

/**
 * Length of a file in bytes, or undefined where there is none.
 * @throws {FedwardError} AUDIT_FAILED where that can't be found out
 */
export async function lengthOf(path: string): Promise<number | undefined> {
  return lengthOfFile(path).catch((error: Error) => {
    throw ioFailure('read', path, error.cause);
  });
}

/** How the name of a file ends that is not whole yet: nobody reads it, and the next writer begins it anew. */
export const draftSuffix = '.new';

/** A file with what it is to hold. */
export interface FileToWrite {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Puts files in place whole, each beside the old one and then over it. Their folders are flushed once for all of them, so
 * that many files cost little more than one.
 * @param lasting whether they are to be on disk when this resolves
 * @throws {FedwardError} AUDIT_FAILED; some of the files may be in place
 */
export async function replaceFiles(files: readonly FileToWrite[], lasting: boolean): Promise<void> {
  const folders = new Set(files.map(({ path }) => dirname(path)));
  for (const folder of folders)
    await makeFolder(folder).catch((error: Error) => {
      throw ioFailure('write', folder, error.cause);
    });
  const written = files.map(async ({ path, bytes }) => {
    try {
      await writeNew(path + draftSuffix, bytes, lasting);
      renameSync(path + draftSuffix, path);
    } catch (error) {
      throw ioFailure('write', path, error);
    }
  });
  // All are waited for, so that none is still at the disk when a failure is reported.
  for (const result of await Promise.allSettled(written)) if (result.status === 'rejected') throw result.reason;
  if (!lasting) return;
  for (const folder of folders)
    await syncFolder(folder).catch((error: unknown) => {
      throw ioFailure('write', folder, error);
    });
}
