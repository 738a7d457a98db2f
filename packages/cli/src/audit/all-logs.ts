import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readAuditLog, type LoggedEntry } from '@fedward/audit';
import type { FoundLog } from './find-log.js';

/**
 * The entries of a log, or of all logs of a run: the server's and each hospital's, merged by time. Where times are the same
 * the server's come first, then the hospitals' by name.
 */
export async function* readAllLogs({ log, run }: FoundLog): AsyncGenerator<LoggedEntry> {
  const logs = [log, ...(run === undefined ? [] : await hospitalLogs(run))].map((folder) => readAuditLog(folder));
  if (logs.length === 1) return yield* logs[0]!;
  const next = await Promise.all(logs.map((entries) => entries.next()));
  for (;;) {
    let first = -1;
    for (const [n, { done, value }] of next.entries())
      if (!done && (first < 0 || value.event.time < next[first]!.value!.event.time)) first = n;
    if (first < 0) return;
    yield next[first]!.value!;
    next[first] = await logs[first]!.next();
  }
}

async function hospitalLogs(run: string): Promise<string[]> {
  const hospitals = join(run, 'hospitals');
  const names = existsSync(hospitals) ? (await readdir(hospitals)).sort() : [];
  return names.map((name) => join(hospitals, name, 'audit')).filter((folder) => existsSync(folder));
}
