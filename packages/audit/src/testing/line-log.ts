import { emptyRoot, leafHash, rootOf } from '@fedward/kit-merkle';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeEntry } from '../v1/entry.js';
import { encodeHead } from '../v1/head.js';
import { sampleEvent } from './fixtures.js';

export interface LineLog {
  readonly log: Buffer;
  readonly head: Buffer;
  /** Over the first 1, 2, … entries. */
  readonly roots: readonly string[];
}

/** The files of a log of version 0.1 with these entries, as its writer left them. */
export function lineLogOf(count: number): LineLog {
  let previousHash = emptyRoot;
  const lines = Array.from({ length: count }, (_, index) => {
    const line = encodeEntry({ event: sampleEvent(index), index, previousHash });
    previousHash = leafHash(line);
    return line;
  });
  const log = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
  const roots = lines.map((_, n) => rootOf(lines.slice(0, n + 1)));
  const root = roots.at(-1) ?? emptyRoot;
  const head = encodeHead({ version: 1, size: count, bytes: log.length, root, lastHash: previousHash });
  return { log, head, roots };
}

export async function writeLineLog(directory: string, count: number): Promise<LineLog> {
  const made = lineLogOf(count);
  await mkdir(directory, { recursive: true });
  await writeBoth(directory, made);
  return made;
}

export async function writeBoth(directory: string, files: Pick<LineLog, 'log' | 'head'>): Promise<void> {
  await writeFile(join(directory, 'log.jsonl'), files.log);
  await writeFile(join(directory, 'head.json'), files.head);
}

/** The lines of a file, each with its newline. */
export function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length;) {
    const newline = bytes.indexOf(0x0a, from);
    const to = newline < 0 ? bytes.length : newline + 1;
    lines.push(bytes.subarray(from, to));
    from = to;
  }
  return lines;
}
