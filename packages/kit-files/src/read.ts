import { open, readFile, stat } from 'node:fs/promises';
import { fileReason, FedwardError } from '@fedward/core';
import { hasErrno, storageFailure } from './failure.js';

/** Of `readBytes` and `readJson`. */
export interface ReadOptions {
  /** How a message begins, such as `--config`. */
  readonly option?: string | undefined;
  /** What the file is for, said where it can't be opened. */
  readonly why?: string | undefined;
  /** A file that is larger is none of this kind. Default: 32 MiB, which no file that only describes something has. */
  readonly mostBytes?: number;
}

/** What is read at a time. */
const piece = 64 * 2 ** 10;

/**
 * A file that someone has named, whose size is looked at before it is read: a config, a plan.
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID for what can't be read or is too large
 */
export async function readBytes(
  path: string,
  { option, why, mostBytes = 32 * 2 ** 20 }: ReadOptions = {},
): Promise<Uint8Array> {
  const subject = option ? `${option}: ` : '';
  const handle = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw new FedwardError(
      cause.code === 'ENOENT' ? 'FILE_NOT_FOUND' : 'FILE_INVALID',
      `${subject}can't read ${path}: ${fileReason(cause)}${why ? `; ${why}` : ''}`,
      path,
      { cause },
    );
  });
  try {
    const stat = await handle.stat();
    if (stat.isDirectory()) throw unfit(`${subject}can't read ${path}: it is a folder, not a file`, path);
    const pieces: Uint8Array[] = [];
    // A pipe has no size beforehand: what comes out of it is counted.
    for (let length = stat.size > mostBytes ? stat.size : 0; length <= mostBytes;) {
      const { bytesRead, buffer } = await handle.read({ buffer: new Uint8Array(piece) });
      if (bytesRead === 0) return Buffer.concat(pieces);
      pieces.push(buffer.subarray(0, bytesRead));
      length += bytesRead;
    }
    throw unfit(`${subject}${path} is larger than ${mostBytes / 2 ** 20} MiB, which no such file is`, path);
  } finally {
    await handle.close();
  }
}

/**
 * A file of JSON (UTF-8), with the bytes that it was made of.
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID for what can't be read, is too large, or is not JSON
 */
export async function readJson(
  path: string,
  options: ReadOptions = {},
): Promise<{ readonly bytes: Uint8Array; readonly json: unknown }> {
  const bytes = await readBytes(path, options);
  try {
    return { bytes, json: JSON.parse(new TextDecoder().decode(bytes)) as unknown };
  } catch (cause) {
    throw new FedwardError('FILE_INVALID', `${path} is not JSON: ${(cause as Error).message}`, path, { cause });
  }
}

/**
 * The text (UTF-8) of a file of our own, which need not be there yet.
 * @returns undefined where there is no file
 * @throws {FedwardError} STORAGE_FAILED
 */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined;
    throw storageFailure('read', path, error);
  }
}

/**
 * Length of a file in bytes, or undefined where there is none; a folder of that name is none.
 * @throws {FedwardError} STORAGE_FAILED where that can't be found out
 */
export async function lengthOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined;
    throw storageFailure('read', path, error);
  }
}

function unfit(message: string, path: string): FedwardError {
  return new FedwardError('FILE_INVALID', message, path);
}
