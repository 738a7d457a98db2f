import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readAuditLog, verifyAuditLog } from '@fedward/audit';
import { hasCode, type AuditEvent } from '@fedward/core';
import { runPaths } from '../run/run-folder.js';

/** A log of a run, as far as it can be read. */
export interface RunLogRead {
  /** `coordinator`, or the id of a hospital. */
  readonly owner: string;
  /** Relative to the run, with slashes. */
  readonly folder: string;
  readonly events: readonly AuditEvent[];
  readonly root: string;
  /** False where something in it was changed. */
  readonly ok: boolean;
}

/**
 * The logs of a run: the coordinator's first, then those that hospitals keep themselves, where they do.
 * @throws {FedwardError} FILE_NOT_FOUND where there is none of the coordinator's
 */
export async function readRunLogs(directory: string): Promise<readonly RunLogRead[]> {
  const { audit, hospitals } = runPaths(directory);
  const logs = [await readLog('coordinator', audit, 'audit')];
  if (!existsSync(hospitals)) return logs;
  for (const name of (await readdir(hospitals)).sort()) {
    const folder = join(hospitals, name, 'audit');
    if (existsSync(folder)) logs.push(await readLog(decodeURIComponent(name), folder, `hospitals/${name}/audit`));
  }
  return logs;
}

async function readLog(owner: string, path: string, folder: string): Promise<RunLogRead> {
  const { ok, root } = await verifyAuditLog(path);
  const events: AuditEvent[] = [];
  try {
    for await (const { event } of readAuditLog(path)) events.push(event);
  } catch (error) {
    if (!hasCode(error, 'AUDIT_TAMPERED')) throw error;
  }
  return { owner, folder, events, root, ok };
}

/**
 * What happened at hospitals: from a hospital's own log where it keeps one, so that nothing counts twice, else from the
 * coordinator's.
 */
export function eventsAtHospitals(logs: readonly RunLogRead[]): readonly AuditEvent[] {
  const own = new Set(logs.slice(1).map(({ owner }) => owner));
  return logs.flatMap(({ owner, events }) =>
    events.filter(
      ({ clientId }) => clientId !== undefined && (owner === 'coordinator' ? !own.has(clientId) : clientId === owner),
    ),
  );
}
