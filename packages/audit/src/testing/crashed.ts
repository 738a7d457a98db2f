import { sha256, type AuditEvent } from '@fedward/core';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openAuditLog } from '../open.js';
import { readAuditLog } from '../read.js';
import { verifyAuditLog } from '../verify.js';
import { filesIn, putFiles, sampleEvent } from './fixtures.js';

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
  readonly journal: Buffer;
  /** Where the group ends that has entries 0 to 5; behind it stand 6 and 7. */
  readonly end: number;
}

/** Files as a process leaves them that is killed: what is in a folder before the log in it is closed. */
export async function crashed(directory: string): Promise<Crashed> {
  const log = await openAuditLog(directory, { fsync: false });
  const append = (indexes: number[]) => Promise.all(indexes.map((n) => log.append(sampleEvent(n))));
  await append([0, 1, 2, 3, 4, 5]);
  const end = filesIn(directory).get('journal')!.length;
  await append([6, 7]);
  const journal = filesIn(directory).get('journal')!;
  await log.close();
  return { journal, end };
}

/** Cuts a journal before this byte, which is in its last group, and expects that what is left of the group is set aside. */
export async function expectSetAside(directory: string, { journal, end }: Crashed, cut: number): Promise<void> {
  putFiles(
    directory,
    new Map([
      ['journal', journal.subarray(0, cut)],
      ['checkpoint.new', Buffer.from('unsig')], // the next checkpoint was being written
    ]),
  );
  const whole = cut === journal.length;
  await openAndClose(directory);
  const events = await eventsOf(directory);
  expect(events.slice(0, 6)).toEqual([0, 1, 2, 3, 4, 5].map(sampleEvent));
  const behind = journal.subarray(end, cut);
  const details = { file: 'recovered-1.bin', bytes: behind.length, sha256: sha256(behind), offset: end };
  const recovery = { type: 'log-recovery', time: now(), runId: 'run-1', details };
  expect(events.slice(6)).toEqual(cut === end ? [] : whole ? [6, 7].map(sampleEvent) : [recovery]);
  if (cut > end && !whole) expect(await readFile(join(directory, 'recovered-1.bin'))).toEqual(behind);
  expect(await verifyAuditLog(directory)).toMatchObject({ ok: true, faults: [] });
}
