import { sha256, type AuditEvent } from '@fedward/core';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openAuditLog } from '../open.js';
import { readAuditLog } from '../read.js';
import { verifyAuditLog } from '../verify.js';
import { sampleEvent, writeBoth, writeLog } from './fixtures.js';

const now = (): string => '2026-02-03T04:05:06.000Z';

export async function eventsOf(directory: string): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  for await (const { event } of readAuditLog(directory)) events.push(event);
  return events;
}

export async function openAndClose(directory: string): Promise<void> {
  const log = await openAuditLog(directory, { fsync: false, now });
  await log.close();
}

export interface Crashed {
  readonly log: Buffer;
  readonly head: Buffer;
  /** Where the entries end that the head speaks of. */
  readonly end: number;
}

/** Files as a crash leaves them that came between the write of entries 6 and 7 and that of their head. */
export async function crashed(directory: string): Promise<Crashed> {
  const { head, log } = await writeLog(directory, 6);
  const later = join(directory, 'later');
  await mkdir(later);
  const more = await writeLog(later, 8);
  await rm(later, { recursive: true });
  expect(more.log.subarray(0, log.length)).toEqual(log);
  return { log: more.log, head, end: log.length };
}

/** Cuts a crashed log before this byte, opens it, and expects that what lay behind its head is set aside, and said. */
export async function expectSetAside(directory: string, { log, head, end }: Crashed, cut: number): Promise<void> {
  await mkdir(directory);
  await writeBoth(directory, { log: log.subarray(0, cut), head });
  await writeFile(join(directory, 'head.json.new'), '{"bytes":'); // the next head was being written
  await openAndClose(directory);
  const events = await eventsOf(directory);
  expect(events.slice(0, 6)).toEqual([0, 1, 2, 3, 4, 5].map(sampleEvent));
  const behind = log.subarray(end, cut);
  const details = { file: 'recovered-1.bin', bytes: behind.length, sha256: sha256(behind), offset: end };
  const recovery = { type: 'log-recovery', time: now(), runId: 'run-1', details };
  expect(events.slice(6)).toEqual(cut === end ? [] : [recovery]);
  if (cut > end) expect(await readFile(join(directory, 'recovered-1.bin'))).toEqual(behind);
  expect(await verifyAuditLog(directory)).toMatchObject({ ok: true, faults: [] });
}

/** Cuts a log before this byte, which its head counts, and expects that it is not opened. */
export async function expectTampering(directory: string, log: Buffer, head: Buffer, length: number): Promise<void> {
  await writeBoth(directory, { log: log.subarray(0, length), head });
  await expect(openAndClose(directory)).rejects.toMatchObject({ code: 'AUDIT_TAMPERED' });
}
