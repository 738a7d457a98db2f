import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readAuditLog } from '@fedward/audit';
import type { AuditEvent } from '@fedward/core';

/** The events of a run: those of the server's log, then those of each hospital's. */
export async function runEvents(folder: string): Promise<AuditEvent[]> {
  const hospitals = join(folder, 'hospitals');
  const names = existsSync(hospitals) ? readdirSync(hospitals).sort() : [];
  const events: AuditEvent[] = [];
  for (const log of [join(folder, 'audit'), ...names.map((name) => join(hospitals, name, 'audit'))])
    if (existsSync(log)) for await (const { event } of readAuditLog(log)) events.push(event);
  return events;
}
