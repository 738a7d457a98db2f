import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { FedwardError, fileReason } from '@fedward/core';
import { hasErrno } from './failure.js';

/**
 * SHA-256 of a file, hexadecimal, of which a piece at a time is in memory: a model may be large.
 * @returns undefined where there is none
 * @throws {FedwardError} FILE_INVALID for what can't be read, such as a folder
 */
export async function digestFile(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(piece as Buffer);
  } catch (cause) {
    if (hasErrno(cause, 'ENOENT')) return undefined;
    throw new FedwardError('FILE_INVALID', `can't read ${path}: ${fileReason(cause)}`, path, { cause });
  }
  return hash.digest('hex');
}
