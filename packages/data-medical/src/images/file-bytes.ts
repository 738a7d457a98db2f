import { open } from 'node:fs/promises';
import { unreadable } from '../files.js';
import { refused } from './failure.js';

/** A file by its path, or its bytes under a name of the caller's. */
export type FileSource = string | { readonly name: string; readonly bytes: Uint8Array };

/** No image or recording has more; the rest of memory is for what is decoded. */
const mostBytes = 2 ** 30;

/**
 * The whole of a file of images or recordings.
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID where it is no file, can't be read, or has more than 1 GiB
 */
export async function bytesOf(source: FileSource): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  return typeof source === 'string' ? { name: source, bytes: await readFileBytes(source, source) } : source;
}

/** The same by a path. @param name what messages call it, where the path must stay unsaid */
export async function readFileBytes(path: string, name: string): Promise<Uint8Array> {
  const handle = await open(path).catch((cause: unknown) => {
    throw unreadable(name, cause);
  });
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw refused(name, 'this is not a file');
    if (stat.size > mostBytes) throw refused(name, `the file has more than ${mostBytes / 2 ** 20} MiB`);
    const bytes = new Uint8Array(stat.size);
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length).catch((cause: unknown) => {
        throw unreadable(name, cause);
      });
      if (bytesRead === 0) break; // it was made shorter meanwhile
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } finally {
    await handle.close();
  }
}
