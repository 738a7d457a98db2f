import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { FedwardError, sha256 } from '@fedward/core';
import { hasErrno, storageFailure } from '@fedward/kit-files';

/** What a blob is read from. It must not change while it is sent. */
export interface BlobSource {
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the whole, 64 hexadecimal digits. */
  digest(): Promise<string>;
  /** @throws {FedwardError} STORAGE_FAILED; FILE_INVALID where it has become shorter */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Bytes in memory. They are not copied. */
export function bytesSource(bytes: Uint8Array): BlobSource {
  let digest: string | undefined;
  return {
    size: bytes.length,
    digest: () => Promise.resolve((digest ??= sha256(bytes))),
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
}

/**
 * A file, of which no more is in memory than what is being sent.
 * @param known its SHA-256, where it is known already
 * @throws {FedwardError} FILE_NOT_FOUND, STORAGE_FAILED
 */
export async function fileSource(path: string, known?: string): Promise<BlobSource> {
  const { size } = await stat(path).catch((error: unknown) => {
    if (hasErrno(error, 'ENOENT')) throw new FedwardError('FILE_NOT_FOUND', `no file ${path}`, path, { cause: error });
    throw storageFailure('read', path, error);
  });
  let digest = known;
  return {
    size,
    async digest() {
      return (digest ??= await digestFile(path));
    },
    // Opened for each chunk: there is nothing to be closed, whoever stops whenever.
    async read(offset, length) {
      const bytes = await readAt(path, offset, length);
      if (bytes.length === length) return bytes;
      throw new FedwardError('FILE_INVALID', `${path} has become shorter while it was sent`, path);
    },
  };
}

async function readAt(path: string, offset: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(length);
  try {
    const file = await open(path, 'r');
    try {
      let done = 0;
      while (done < length) {
        const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return bytes.subarray(0, done);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw storageFailure('read', path, error);
  }
}

async function digestFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(piece as Buffer);
  } catch (error) {
    throw storageFailure('read', path, error);
  }
  return hash.digest('hex');
}
