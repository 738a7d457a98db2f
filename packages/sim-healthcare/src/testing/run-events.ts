import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openAuditLog, readAuditLog } from '@fedward/audit';
import type { AuditEvent } from '@fedward/core';
import { signerIn } from '../run/key-files.js';

/** The events of one log. */
export async function eventsIn(log: string): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  for await (const { event } of readAuditLog(log)) events.push(event);
  return events;
}

/** The events of a run, of all of its logs: the server's, then each hospital's. */
export async function runEvents(folder: string): Promise<AuditEvent[]> {
  const hospitals = join(folder, 'hospitals');
  const names = existsSync(hospitals) ? readdirSync(hospitals).sort() : [];
  const logs = [join(folder, 'audit'), ...names.map((name) => join(hospitals, name, 'audit'))];
  return (await Promise.all(logs.filter((log) => existsSync(log)).map(eventsIn))).flat();
}

/**
 * Writes one of a run's logs anew, with other events, and signs it with the key that the run has for it: what its owner can
 * do who has the key.
 * @param change of each event, by its place; undefined leaves it out
 */
export async function rewriteLog(
  folder: string,
  log: string,
  key: string,
  change: (event: AuditEvent, index: number) => AuditEvent | undefined,
): Promise<void> {
  const [opened, ...events] = await eventsIn(join(folder, log));
  const signer = await signerIn(join(folder, 'keys'), key);
  if (!signer || opened?.type !== 'log-opened') throw new Error(`${log} is not a log that the run has a key of`);
  const { role, software } = opened.details as { role: string; software: { name: string; version: string }[] };
  await rm(join(folder, log), { recursive: true });
  const { runId, time } = opened;
  const anew = await openAuditLog(join(folder, log), { signer, role, software, runId, now: () => time });
  for (const [n, event] of events.entries()) {
    const changed = change(event, n + 1);
    if (changed) await anew.append(changed);
  }
  await anew.close();
}
