import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { FedwardError, isFedwardError } from '@fedward/core';
import { fromFdPromise, type Entry, type ZipFile } from 'yauzl';
import { openRead } from '../files.js';

/** A file within an archive. */
export interface ZipEntry {
  readonly name: string;
  /** As it is inflated. */
  readonly bytes: number;
  /** Its bytes, piece by piece; their number and check sum are those that the archive says. */
  pieces(): AsyncGenerator<Uint8Array>;
}

/** An archive that is open. */
export interface ZipArchive {
  readonly entries: readonly ZipEntry[];
  close(): Promise<void>;
}

const mostEntries = 10_000;
/** Beyond so many bytes, an archive that grows by more than `mostGrowth` when it is inflated is a bomb. */
const harmlessBytes = 256 * 2 ** 20;
const mostGrowth = 200;

/**
 * Opens a ZIP archive, ZIP64 too, of files that are stored or deflated. Nothing is inflated before sizes were looked at.
 *
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID; DATA_MALFORMED for what is no archive or was cut short, for names
 * that are there twice, encrypted or otherwise compressed files, and a ZIP bomb; later for files that are damaged
 */
export async function openZip(file: string): Promise<ZipArchive> {
  const handle = await openRead(file);
  const refuse = (message: string, cause?: unknown) =>
    new FedwardError('DATA_MALFORMED', `${file}: ${message}`, file, { cause });
  const close = () => handle.close();
  try {
    const { size } = await handle.stat();
    const zip = await fromFdPromise(handle.fd, { autoClose: false, lazyEntries: true });
    const found = new Map<string, Entry>();
    let compressed = 0;
    let inflated = 0;
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      if (found.size === mostEntries) throw refuse(`more than ${mostEntries} files in an archive`);
      if (found.has(entry.fileName)) throw refuse(`"${entry.fileName}" is in the archive twice`);
      if (entry.isEncrypted()) throw refuse(`"${entry.fileName}" is encrypted`);
      if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
        throw refuse(
          `"${entry.fileName}" is compressed by method ${entry.compressionMethod}; 0 and 8 (deflate) are read`,
        );
      compressed += entry.compressedSize;
      inflated += entry.uncompressedSize;
      found.set(entry.fileName, entry);
    }
    if (compressed > size) throw refuse('its files lie upon each other, or were cut short');
    if (inflated > harmlessBytes && inflated > mostGrowth * size)
      throw refuse(
        `${size} bytes that become ${inflated} when they are inflated: a ZIP bomb, or an array that is empty`,
      );
    const entries = [...found].map(([name, entry]): ZipEntry => ({
      name,
      bytes: entry.uncompressedSize,
      pieces: () => piecesOf(zip, entry, (message, cause) => refuse(`"${name}" ${message}`, cause)),
    }));
    return { entries, close };
  } catch (cause) {
    await close();
    throw isFedwardError(cause) ? cause : refuse(`no archive that can be read: ${(cause as Error).message}`, cause);
  }
}

async function* piecesOf(
  zip: ZipFile,
  entry: Entry,
  refuse: (message: string, cause?: unknown) => FedwardError,
): AsyncGenerator<Uint8Array> {
  let stream: Readable | undefined;
  let sum = 0;
  let bytes = 0;
  try {
    stream = await zip.openReadStreamPromise(entry);
    stream.on('error', () => {}); // one that comes while nobody waits for it is told by the next piece
    for await (const piece of stream as AsyncIterable<Uint8Array>) {
      sum = crc32(piece, sum);
      bytes += piece.length;
      yield piece;
    }
  } catch (cause) {
    throw refuse('is damaged, or was cut short', cause);
  } finally {
    stream?.destroy();
  }
  if (bytes !== entry.uncompressedSize || sum !== entry.crc32) throw refuse('is damaged: its check sum is another');
}
