import { join } from 'node:path';
import { openAuditLog, openWitness, type AuditLogOptions, type FileWitness, type SignedAuditLog } from '@fedward/audit';
import { coordinator, FedwardError, isFedwardError } from '@fedward/core';
import type { Signer } from '@fedward/kit-keys';
import packageJson from '../../package.json' with { type: 'json' };
import { hospitalName } from './hospital-name.js';
import type { RunPaths } from './run-folder.js';
import type { RunKeys } from './run-keys.js';

/** What a party of a run writes in: its log, and what it keeps of the others'. */
export interface PartyLogs {
  readonly audit: SignedAuditLog;
  readonly witness: FileWitness;
}

/** The logs of a run, open for writing. */
export interface RunLogs extends Pick<PartyLogs, 'audit'> {
  /** What the server keeps of the hospitals' logs; undefined where they share its own. */
  readonly witness: FileWitness | undefined;
  /** By the hospital's id; empty where they share the server's. */
  readonly own: ReadonlyMap<string, PartyLogs>;
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
 * Opens the server's log, whose lock is the run's, and then the hospitals', each with what it keeps of the other side's.
 * @throws {FedwardError} as `openAuditLog` and `openWitness`
 */
export async function openRunLogs(
  paths: RunPaths,
  keys: RunKeys,
  { ids, ...options }: RunLogsOptions,
): Promise<RunLogs> {
  const software = [{ name: packageJson.name, version: packageJson.version }];
  const opened: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (const one of opened.splice(0).reverse()) await one.close();
  };
  const kept = <T extends { close(): Promise<void> }>(one: T): T => {
    opened.push(one);
    return one;
  };
  const logAt = async (path: string, signer: Signer, role: string): Promise<SignedAuditLog> =>
    kept(await openAuditLog(path, { ...options, signer, role, software }));
  const witnessAt = async (path: string, signer: Signer, known: (who: string) => string | undefined) =>
    kept(await openWitness(path, { signer, known, fsync: options.fsync }));
  try {
    const audit = await logAt(paths.audit, keys.coordinator, 'coordinator');
    const server = (who: string) => (who === coordinator ? keys.coordinator.verifierKey : undefined);
    const own = new Map<string, PartyLogs>();
    for (const id of ids) {
      const at = hospitalPaths(paths, id);
      const signer = keys.signerOf(id);
      const log = await logAt(at.audit, signer, 'site');
      own.set(id, { audit: log, witness: await witnessAt(at.witness, signer, server) });
    }
    const site = (id: string) => keys.verifierKeyOf(id);
    const witness = own.size > 0 ? await witnessAt(paths.witness, keys.coordinator, site) : undefined;
    return { audit, witness, own, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Before a run is gone on with: that each of its logs is the one that the other side noted, grown. A crash leaves a
 * hospital's log ahead of what the server noted, and never behind it.
 * @throws {FedwardError} AUDIT_TAMPERED naming the party whose log is an older one, another, or gone
 */
export async function assertLogsGoOn({ audit, witness, own }: RunLogs): Promise<void> {
  for (const [id, hospital] of own) {
    if (witness) await assertGoesOn(witness, id, hospital.audit);
    await assertGoesOn(hospital.witness, coordinator, audit);
  }
}

async function assertGoesOn(witness: FileWitness, who: string, log: SignedAuditLog): Promise<void> {
  const head = await log.head([await witness.seen(who)]);
  if (!head) return; // it has an entry, since it was opened
  try {
    await witness.note(who, head);
  } catch (cause) {
    if (!isFedwardError(cause) || cause.code === 'AUDIT_FAILED') throw cause;
    const message = `--resume: ${cause.message}: bring it back, or start a new run`;
    throw new FedwardError(cause.code, message, who, { cause });
  }
}
