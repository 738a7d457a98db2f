import { constants } from 'node:fs';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { assertInteger, FedwardError, hasCode, type Json } from '@fedward/core';
import { fileMode, hasErrno, makeFolder, storageFailure } from '@fedward/kit-files';

/**
 * A run's reports in one file, a line of JSON a round, to which lines are only added. A line that a crash cut short
 * is none; what is appended for a round takes the place of its line and of all later ones.
 */
export class ReportList {
  /** Where each whole line ends; undefined until the file was read, or where a write failed. */
  #ends: number[] | undefined;

  constructor(private readonly path: string) {}

  /** @throws {FedwardError} ARGUMENT_INVALID for a round whose predecessor has no line, STORAGE_FAILED */
  async append(round: number, report: Json): Promise<void> {
    const ends = this.#ends ?? endsOf(await this.#bytes());
    assertInteger('round', round, 0, ends.length);
    const start = ends[round - 1] ?? 0;
    const line = Buffer.from(`${JSON.stringify(report)}\n`);
    this.#ends = undefined;
    try {
      const file = await this.#open();
      try {
        await file.truncate(start);
        await file.write(line, 0, line.length, start);
        await file.datasync();
      } finally {
        await file.close();
      }
    } catch (cause) {
      throw hasCode(cause, 'STORAGE_FAILED') ? cause : storageFailure('write', this.path, cause);
    }
    ends.splice(round, Infinity, start + line.length);
    this.#ends = ends;
  }

  /** @throws {FedwardError} CHECKPOINT_INVALID for fewer whole lines than that, or for lines that are no JSON */
  async read(count: number): Promise<readonly Json[]> {
    const bytes = await this.#bytes();
    const ends = endsOf(bytes);
    if (ends.length < count) throw this.#damaged(`of ${count} reports there are ${ends.length}`);
    try {
      return Array.from({ length: count }, (_, i) => {
        return JSON.parse(bytes.toString('utf8', ends[i - 1] ?? 0, ends[i])) as Json;
      });
    } catch (cause) {
      throw this.#damaged('a line is no report', cause);
    }
  }

  async #bytes(): Promise<Buffer> {
    try {
      return await readFile(this.path);
    } catch (cause) {
      if (hasErrno(cause, 'ENOENT')) return Buffer.alloc(0);
      throw storageFailure('read', this.path, cause);
    }
  }

  /** For its owner alone, and never through a link that someone left there. */
  async #open(): Promise<FileHandle> {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
    try {
      return await open(this.path, flags, fileMode);
    } catch (error) {
      if (!hasErrno(error, 'ENOENT')) throw error;
      await makeFolder(dirname(this.path));
      return open(this.path, flags, fileMode);
    }
  }

  #damaged(why: string, cause?: unknown): FedwardError {
    return new FedwardError('CHECKPOINT_INVALID', `${this.path}: ${why}`, this.path, { cause });
  }
}

function endsOf(bytes: Buffer): number[] {
  const ends: number[] = [];
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) ends.push(at + 1);
  return ends;
}
