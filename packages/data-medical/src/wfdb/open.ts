import { open, type FileHandle } from 'node:fs/promises';
import { unreadable } from '../files.js';
import { broken } from './names.js';

/**
 * Opens a file for as long as `use` takes.
 * @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID, and what `use` throws
 */
export async function withFile<T>(file: string, use: (handle: FileHandle, size: number) => Promise<T>): Promise<T> {
  const failed = (cause: unknown): never => {
    throw unreadable(file, cause);
  };
  const handle = await open(file).catch(failed);
  try {
    const stat = await handle.stat().catch(failed);
    if (stat.isDirectory()) throw unreadable(file, Object.assign(new Error('a folder'), { code: 'EISDIR' }));
    return await use(handle, stat.size);
  } finally {
    await handle.close();
  }
}

/**
 * The bytes of a part of a file.
 * @throws {FedwardError} FILE_INVALID; DATA_MALFORMED where the file ends before
 */
export async function readRange(file: string, handle: FileHandle, start: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, length - done, start + done).catch((cause: unknown) => {
      throw unreadable(file, cause);
    });
    if (bytesRead === 0) throw broken(file, 'it became shorter while it was read');
    done += bytesRead;
  }
  return bytes;
}

/**
 * The bytes of a whole file of at most `most` bytes.
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID; DATA_MALFORMED for a larger one
 */
export function readWhole(file: string, most: number, what: string): Promise<Uint8Array> {
  return withFile(file, (handle, size) => {
    if (size > most)
      throw broken(file, `it has ${size} bytes, and ${what} of more than ${most / 2 ** 20} MiB are not read`);
    return readRange(file, handle, 0, size);
  });
}
