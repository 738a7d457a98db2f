import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MerkleTree, readAuditLog } from '@fedward/audit';
import { canonicalJson, hasCode, type AuditEvent } from '@fedward/core';
import { runPaths } from '../run/run-folder.js';

/** A log of a run, as far as it can be read. */
export interface RunLogRead {
  /** `coordinator`, or the id of a hospital. */
  readonly owner: string;
  /** Relative to the run, with slashes. */
  readonly folder: string;
  readonly events: readonly AuditEvent[];
  /** The bytes of each leaf of its tree. */
  readonly leaves: readonly Buffer[];
  readonly root: string;
  /** False where an entry can't be read. */
  readonly whole: boolean;
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
  const events: AuditEvent[] = [];
  const leaves: Buffer[] = [];
  const tree = new MerkleTree();
  let whole = true;
  try {
    for await (const entry of readAuditLog(path)) {
      const leaf = Buffer.from(canonicalJson(entry));
      events.push(entry.event);
      leaves.push(leaf);
      tree.append(leaf);
    }
  } catch (error) {
    if (!hasCode(error, 'AUDIT_TAMPERED')) throw error;
    whole = false;
  }
  return { owner, folder, events, leaves, root: tree.root, whole };
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
