import { createReadStream } from 'node:fs';
import { maxLineBytes } from './entry.js';
import { ioFailure } from '../files.js';

export interface Line {
  /** Without the newline. */
  readonly bytes: Buffer;
  /** Where the line begins in its file. */
  readonly offset: number;
  /** False for a line that the file's end (or `maxLineBytes`) cuts off. */
  readonly whole: boolean;
}

/**
 * The lines of a file that begin before the byte `until`, read as a stream. A line that is not whole is the last.
 * @throws {FedwardError} AUDIT_FAILED where the file can't be read
 */
export function readLines(path: string, until?: number): AsyncGenerator<Line> {
  return linesIn(chunksOf(path), until);
}

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path) as AsyncIterable<Buffer>;
  } catch (error) {
    throw ioFailure('read', path, error);
  }
}

/** The lines of a file that comes in chunks, as of `readLines`. */
export async function* linesIn(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  until = Infinity,
): AsyncGenerator<Line> {
  const newline = 0x0a;
  let begun: Buffer[] = [];
  let length = 0;
  let offset = 0;
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length;) {
      if (offset >= until) return;
      const to = chunk.indexOf(newline, from);
      const part = chunk.subarray(from, to < 0 ? chunk.length : to);
      begun.push(part);
      length += part.length;
      from += part.length + 1;
      if (to >= 0) {
        yield { bytes: Buffer.concat(begun), offset, whole: true };
        offset += length + 1;
      } else if (length <= maxLineBytes) {
        continue;
      } else {
        yield { bytes: Buffer.concat(begun), offset, whole: false };
        return;
      }
      begun = [];
      length = 0;
    }
  }
  if (length > 0) yield { bytes: Buffer.concat(begun), offset, whole: false };
}
