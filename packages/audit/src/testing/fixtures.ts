import type { AuditEvent } from '@fedward/core';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuditLog } from '../open.js';

/** An event as a run would append it, different for each number. */
export function sampleEvent(n: number): AuditEvent {
  const time = new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString();
  if (n === 0) return { type: 'run-start', time, runId: 'run-1', details: { plan: 'a', rounds: 3 } };
  return {
    type: n % 4 === 3 ? 'aggregation' : 'training',
    time,
    runId: 'run-1',
    round: Math.floor(n / 4),
    clientId: `hospital-${n % 3}`,
    details: { samples: 100 + n, note: n % 5 === 0 ? 'Krankenhaus Zürich "Süd"' : 'ok' },
  };
}

/** A new directory, gone after `use`. */
export async function inDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'fedward-audit-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Writes a log of this many entries and closes it. @returns its files' content and the roots of its receipts */
export async function writeLog(directory: string, count: number): Promise<WrittenLog> {
  const log = await openAuditLog(directory, { fsync: false });
  const receipts = await Promise.all(Array.from({ length: count }, (_, n) => log.append(sampleEvent(n))));
  await log.close();
  return { ...(await readBoth(directory)), roots: receipts.map(({ root }) => root) };
}

export interface WrittenLog {
  readonly log: Buffer;
  readonly head: Buffer;
  readonly roots: readonly string[];
}

export async function readBoth(directory: string): Promise<{ readonly log: Buffer; readonly head: Buffer }> {
  const log = await readFile(join(directory, 'log.jsonl'));
  const head = await readFile(join(directory, 'head.json'));
  return { log, head };
}

export async function writeBoth(
  directory: string,
  files: { readonly log: Buffer; readonly head: Buffer },
): Promise<void> {
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
