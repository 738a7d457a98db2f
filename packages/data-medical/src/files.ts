import { createHash } from 'node:crypto';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { FedwardError, fileReason, sha256 } from '@fedward/core';

/** A file as its publisher has it. */
export interface PublishedFile {
  readonly name: string;
  readonly bytes: number;
  /** As publishers and other toolkits give it; hexadecimal. */
  readonly md5: string;
  /** What is relied on; hexadecimal. */
  readonly sha256: string;
}

/** The error for a file that could not be opened or read. */
export function unreadable(file: string, cause: unknown): FedwardError {
  const code = (cause as NodeJS.ErrnoException).code;
  return code === 'ENOENT'
    ? new FedwardError('FILE_NOT_FOUND', `there is no file ${file}`, file, { cause })
    : new FedwardError('FILE_INVALID', `${file} can't be read: ${fileReason(cause)}`, file, { cause });
}

/**
 * A file that is open for reading.
 * @throws {FedwardError} FILE_NOT_FOUND, or FILE_INVALID where it can't be read
 */
export async function openRead(file: string): Promise<FileHandle> {
  return open(file).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
}

/**
 * The bytes of a file, piece by piece.
 * @throws {FedwardError} FILE_NOT_FOUND, or FILE_INVALID where it can't be read
 */
export async function* readPieces(file: string): AsyncGenerator<Uint8Array> {
  const handle = await openRead(file);
  try {
    for (;;) {
      const { bytesRead, buffer } = await handle.read({ buffer: new Uint8Array(65_536) }).catch((cause: unknown) => {
        throw unreadable(file, cause);
      });
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/**
 * The bytes of a published file, after a check that they are what was published.
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID where it can't be read; DIGEST_MISMATCH, naming the file,
 * what was expected and what was found
 */
export async function readPublished(folder: string, { name, ...published }: PublishedFile): Promise<Uint8Array> {
  const file = join(folder, name);
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  const found = { sha256: sha256(bytes), md5: createHash('md5').update(bytes).digest('hex') };
  for (const digest of ['sha256', 'md5'] as const)
    if (found[digest] !== published[digest])
      throw new FedwardError(
        'DIGEST_MISMATCH',
        `${file} is not the published file: expected ${digest} ${published[digest]} (${published.bytes} bytes), ` +
          `found ${found[digest]} (${bytes.length} bytes)`,
        file,
      );
  return bytes;
}
