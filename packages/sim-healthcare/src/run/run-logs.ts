import { join } from 'node:path';
import { openAuditLog, openWitness, type AuditLog, type AuditLogOptions } from '@fedward/audit';
import { coordinator, type Witness } from '@fedward/core';
import packageJson from '../../package.json' with { type: 'json' };
import { hospitalName } from './hospital-name.js';
import type { OwnRecord } from './records.js';
import type { RunPaths } from './run-folder.js';
import type { RunKeys } from './run-keys.js';

/** The logs of a run, open for writing. */
export interface RunLogs {
  /** The server's. Its lock is the run's. */
  readonly audit: AuditLog;
  /** What the server keeps of the hospitals' logs; undefined where they share its own. */
  readonly witness: Witness | undefined;
  /** By the hospital's id. */
  readonly own: ReadonlyMap<string, OwnRecord & { readonly audit: AuditLog }>;
  close(): Promise<void>;
}

/** How the logs of a run are opened. */
export interface RunLogsOptions extends Pick<AuditLogOptions, 'fsync' | 'breakLock' | 'runId'> {
  /** Ids of the hospitals that have logs of their own. */
  readonly ids: readonly string[];
}

/** Where a hospital's own log is, and what it keeps of the server's. */
export function hospitalPaths({ hospitals }: Pick<RunPaths, 'hospitals'>, id: string) {
  const folder = join(hospitals, hospitalName(id));
  return { audit: join(folder, 'audit'), witness: join(folder, 'witness') };
}

/**
 * Opens the server's log, and with its lock held the hospitals', each with what it keeps of the others.
 * @throws {FedwardError} as `openAuditLog`, `openWitness`
 */
export async function openRunLogs(
  paths: RunPaths,
  openKeys: () => Promise<RunKeys>,
  { ids, ...options }: RunLogsOptions,
): Promise<RunLogs> {
  const keys = await openKeys();
  const software = [{ name: packageJson.name, version: packageJson.version }];
  const { fsync } = options;
  const audit = await openAuditLog(paths.audit, {
    ...options,
    signer: keys.coordinator,
    role: 'coordinator',
    software,
  });
  const own = new Map<string, OwnRecord & { readonly audit: AuditLog }>();
  const close = async (): Promise<void> => {
    for (const { audit: log } of own.values()) await log.close();
    await audit.close();
  };
  try {
    for (const id of ids) {
      const at = hospitalPaths(paths, id);
      const signer = keys.signerOf(id);
      const log = await openAuditLog(at.audit, { ...options, signer, role: 'site', software });
      const known = (who: string) => (who === coordinator ? keys.coordinator.verifierKey : undefined);
      own.set(id, { audit: log, witness: await openWitness(at.witness, { signer, known, fsync }) });
    }
    const known = (who: string) => keys.verifierKeyOf(who);
    const witness =
      ids.length > 0 ? await openWitness(paths.witness, { signer: keys.coordinator, known, fsync }) : undefined;
    return { audit, witness, own, close };
  } catch (error) {
    await close();
    throw error;
  }
}
