import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readAuditLog, type LoggedEntry } from '@fedward/audit';
import { coordinator } from '@fedward/core';
import type { FoundLog } from './find-log.js';

/**
 * The entries of a log, or of all logs of a run: the server's and each hospital's, merged by time. Where times are the same
 * the server's come first, then the hospitals' by name.
 */
export async function* readAllLogs({ log, run }: FoundLog): AsyncGenerator<LoggedEntry> {
  const names = run === undefined ? [] : await hospitalsOf(run);
  if (names.length === 0) return yield* readAuditLog(log);
  const logs = [named(coordinator, log), ...names.map((name) => named(name, join(run!, 'hospitals', name, 'audit')))];
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

/** Each entry with whose log it is of. */
async function* named(log: string, folder: string): AsyncGenerator<LoggedEntry, undefined> {
  for await (const entry of readAuditLog(folder)) yield { ...entry, log };
}

/** Names of the hospitals that have logs of their own, as their folders have them. */
async function hospitalsOf(run: string): Promise<string[]> {
  const hospitals = join(run, 'hospitals');
  const names = existsSync(hospitals) ? (await readdir(hospitals)).sort() : [];
  return names.filter((name) => existsSync(join(hospitals, name, 'audit')));
}
