import { FedwardError } from '@fedward/core';
import { hasErrno } from '@fedward/kit-files';
import { parseCheckpoint, type Checkpoint } from '@fedward/kit-merkle';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from './event.js';
import type { AuditFault } from './fault.js';
import { ioFailure, type LogPaths } from './files.js';
import { readJournal, type Journal } from './journal.js';

/** The origin in heads that nobody has signed. */
export const unsigned = 'unsigned';

/** A checkpoint with the note that it is in. */
export interface Noted extends Checkpoint {
  readonly note: string;
}

/** What a log says of itself at one moment, its tiles apart. */
export interface Snapshot {
  /** What the tiles go up to. */
  readonly base: Noted;
  /** What the log goes up to: `base`, where there is no journal. */
  readonly head: Noted;
  /** The file of that name; undefined where there is none. */
  readonly checkpoint: Noted | undefined;
  /** What was acknowledged and is not in tiles; undefined where the log was closed. */
  readonly journal: Journal | undefined;
  /** Length of the journal, bytes. */
  readonly length: number;
}

/**
 * Reads checkpoint and journal. The journal comes first: whoever closes a log writes the checkpoint before it is gone.
 * @returns a fault where one of both is there and can't be read as what it is
 * @throws {FedwardError} FILE_NOT_FOUND where there is neither; AUDIT_FAILED where they can't be read
 */
export async function readSnapshot(paths: LogPaths): Promise<Snapshot | AuditFault> {
  const bytes = await bytesOf(paths.journal);
  const text = await bytesOf(paths.checkpoint);
  if (!bytes && !text && existsSync(join(paths.directory, 'tile'))) return headFault('the file is missing');
  if (!bytes && !text)
    throw new FedwardError('FILE_NOT_FOUND', `there is no audit log in ${paths.directory}`, paths.directory);
  let checkpoint: Noted | undefined;
  try {
    checkpoint = text && noted(text.toString('utf8'));
    if (text && !Buffer.from(checkpoint!.note).equals(text)) throw new Error('it is not UTF-8');
  } catch (error) {
    return headFault(reasonOf(error));
  }
  if (!bytes) return { base: checkpoint!, head: checkpoint!, checkpoint, journal: undefined, length: 0 };
  try {
    const journal = readJournal(bytes);
    const base = noted(journal.base);
    const last = journal.commits.at(-1);
    const head = last ? noted(last.value) : base;
    if (head.size !== base.size + journal.leaves.length)
      throw new Error(`it ends at ${head.size} entries and has ${journal.leaves.length} behind ${base.size}`);
    return { base, head, checkpoint, journal, length: bytes.length };
  } catch (error) {
    return { file: 'journal', line: 1, byteOffset: 0, message: `not a journal: ${reasonOf(error)}` };
  }
}

export function headFault(message: string): AuditFault {
  return { file: 'checkpoint', line: 1, byteOffset: 0, message };
}

/** @throws {FedwardError} MESSAGE_INVALID for what is no checkpoint */
export function noted(note: string): Noted {
  return { ...parseCheckpoint(note), note };
}

async function bytesOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined;
    throw ioFailure('read', path, error);
  }
}
