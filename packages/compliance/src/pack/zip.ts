import { FedwardError } from '@fedward/core';
import { unzipSync, zipSync, type Zippable } from 'fflate';

/** What a pack may come to, unpacked: a larger archive is none of ours. */
const mostBytes = 512 * 2 ** 20;

/**
 * An archive with equal bytes for equal files: in the order of names, not compressed (so that no version of a compressor has a
 * say), with the first time that the format knows. Source: APPNOTE.TXT 6.3.10, section 4.4.6.
 */
export function zipOf(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const names = [...files.keys()].sort();
  // By the clock of this place, as the format has it, so that the bytes are the same in every zone.
  const mtime = new Date(1980, 0, 1);
  const entries: Zippable = Object.fromEntries(names.map((name) => [name, files.get(name)!]));
  return zipSync(entries, { level: 0, mtime });
}

/**
 * @throws {FedwardError} FILE_INVALID for what is no archive, has a name that leads out of a folder, or is too large
 */
export function filesInZip(bytes: Uint8Array, path: string): Map<string, Uint8Array> {
  const refuse = (why: string, cause?: unknown): FedwardError =>
    new FedwardError('FILE_INVALID', `${path} is not the archive of a pack: ${why}`, path, { cause });
  let total = 0;
  const filter = ({ name, originalSize }: { name: string; originalSize: number }): boolean => {
    total += originalSize;
    if (total > mostBytes) throw refuse(`it holds more than ${mostBytes / 2 ** 20} MiB`);
    if (!isInside(name)) throw refuse('a name in it leads out of a folder');
    return !name.endsWith('/');
  };
  try {
    return new Map(Object.entries(unzipSync(bytes, { filter })));
  } catch (error) {
    if (error instanceof FedwardError) throw error;
    throw refuse(error instanceof Error ? error.message : String(error), error);
  }
}

/** Also on systems whose separator is a backslash. */
function isInside(name: string): boolean {
  return name !== '' && !/^[/\\]|^[A-Za-z]:/.test(name) && !name.split(/[/\\]/).includes('..');
}
