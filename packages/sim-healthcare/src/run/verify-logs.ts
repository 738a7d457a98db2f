import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  assertNoted,
  readAuditLog,
  readWitness,
  verifyAuditLog,
  type AuditVerification,
  type KeptHead,
} from '@fedward/audit';
import { coordinator, hasCode, sha256, wordsOf } from '@fedward/core';
import * as z from 'zod';
import { hospitalName } from './hospital-name.js';
import type { RunEvidence } from './run-evidence.js';
import type { RunFault } from './run-fault.js';
import { runPaths } from './run-folder.js';
import { idOfKey, keyNameOf, verifierKeysIn } from './run-keys.js';
import { hospitalPaths } from './run-logs.js';
import type { HeldCertificate } from './verify-certificates.js';

/** Of a hospital's entries. */
const shownSchema = z.object({
  serverHead: z.object({ index: z.int().min(0), root: z.string().regex(/^[0-9a-f]{64}$/) }),
});

/** The log of one hospital. */
export interface HospitalLog {
  readonly id: string;
  /** Relative to the run's folder. */
  readonly folder: string;
  readonly size: number;
  readonly root: string;
}

/** What the logs of a run show. */
export interface LogsFound {
  readonly log: AuditVerification;
  readonly hospitals: readonly HospitalLog[];
  readonly faults: readonly RunFault[];
}

/** What the logs are held against. */
export interface HeldAgainst {
  /** Verifier keys that are trusted, where anything is signed. */
  readonly keys: readonly string[];
  readonly runId: string | null;
  readonly certificates: readonly HeldCertificate[];
  /** Of the server's log, noted elsewhere. */
  readonly expectedRoot?: string | undefined;
  /** Heads of any of the logs that were kept elsewhere: signed checkpoints. */
  readonly heads?: readonly string[];
}

/**
 * Checks the server's log and each hospital's: by itself, and against all that others have noted of where it stood: the
 * witnesses in the folder, the certificates, the seal, and what was kept elsewhere.
 * @throws {FedwardError} FILE_NOT_FOUND where the server has no log, AUDIT_FAILED where one can't be read
 */
export async function verifyLogs(directory: string, evidence: RunEvidence, against: HeldAgainst): Promise<LogsFound> {
  const paths = runPaths(directory);
  const { keys: own, sealed } = evidence.logged;
  // A run that was stopped before it had met them has no more than their keys.
  const ids = [...new Set([...own.keys(), ...Object.keys(sealed.logs ?? {}), ...listedIds(evidence)])];
  const notes = new Notes(directory, against.keys);
  await notes.read({ name: coordinator, file: 'witness', path: paths.witness, nameOf: keyNameOf }, sealed.witness);
  for (const id of ids) {
    const at = `${folderOf(id)}/witness`;
    const path = hospitalPaths(paths, id).witness;
    await notes.read({ name: keyNameOf(id), file: at, path, nameOf: (who) => who }, sealed.logs?.[id]?.witness);
  }
  const shown = headsShown(against.certificates);
  const elsewhere = headsElsewhere(against.heads ?? []);
  const kept = (name: string): (KeptHead | string)[] => [
    ...notes.of(name),
    ...(shown.get(name) ?? []),
    ...(elsewhere.get(name) ?? []),
  ];
  const keysFor = (name: string): { readonly keys?: readonly string[] } =>
    ids.length === 0 && against.keys.length === 0
      ? {}
      : { keys: against.keys.filter((key) => key.startsWith(`${name}+`)) };
  const hospitals: HospitalLog[] = [];
  const faults = [...notes.faults];
  const told: KeptHead[] = [];
  for (const id of ids) {
    const folder = `${folderOf(id)}/audit`;
    const found = await hospitalLog(join(directory, folder), { ...keysFor(keyNameOf(id)), heads: kept(keyNameOf(id)) });
    if ('fault' in found) {
      // What was killed as it began has keys for all, and logs of some.
      if (own.has(id) || sealed.logs?.[id]) faults.push({ file: folder, message: found.fault });
      continue;
    }
    for (const { file, message } of found.faults) faults.push({ file: `${folder}/${file}`, message });
    hospitals.push({ id, folder, size: found.size, root: found.root });
    const end = sealed.logs?.[id];
    if (evidence.logged.seal && !end) faults.push({ file: folder, message: 'the seal says nothing of it' });
    if (end && found.ok && (end.entries !== found.size || end.root !== found.root))
      faults.push({
        file: folder,
        message: `it has ${found.size} entries, the seal says ${end.entries} with the root ${end.root}`,
      });
    const { foreign, shown: heads } = await readOwn(join(directory, folder), id, against.runId);
    if (foreign !== undefined) faults.push({ file: folder, message: foreign });
    else if (found.ok) told.push(...heads.map((head) => ({ ...head, by: folder })));
  }
  const log = await verifyAuditLog(paths.audit, {
    ...keysFor(coordinator),
    heads: [...kept(coordinator), ...told],
    ...(against.expectedRoot !== undefined && { expectedRoot: against.expectedRoot }),
  });
  return { log, hospitals, faults: [...faults, ...(await strangers(paths.hospitals, ids))] };
}

/** What one party has noted. */
interface NotesFile {
  /** Of its key: a hospital may be called as the server is, and its key is not. */
  readonly name: string;
  readonly file: string;
  readonly path: string;
  /** Of the key of whom it speaks of. */
  readonly nameOf: (who: string) => string;
}

/** What those in a run's folder have noted of each other's logs. */
class Notes {
  readonly faults: RunFault[] = [];
  readonly #heads = new Map<string, KeptHead[]>();

  constructor(
    private readonly directory: string,
    private readonly keys: readonly string[],
  ) {}

  /** @param sealed digest of the file; undefined where no seal speaks of it, null where it says that there is none */
  async read({ name, file, path, nameOf }: NotesFile, sealed: string | null | undefined): Promise<void> {
    const fault = (message: string): void => void this.faults.push({ file, message });
    const bytes = await readFile(path).catch(() => undefined);
    if (!bytes) {
      if (sealed || existsSync(path))
        fault(existsSync(path) ? 'it is no file that can be read' : 'the file is missing');
      return;
    }
    const digest = sha256(bytes);
    if (sealed !== undefined && sealed !== digest)
      return fault(`it was changed: its SHA-256 is ${digest}, the log says ${sealed ?? 'that there is none'}`);
    try {
      for (const noted of await readWitness(path)) {
        const { size, root } = noted;
        const owner = nameOf(noted.who);
        assertNoted(noted, this.#keyOf(owner), this.#keyOf(name));
        const heads = this.#heads.get(owner) ?? [];
        this.#heads.set(owner, heads);
        heads.push({ size, root, by: file });
      }
    } catch (error) {
      fault(`what it says does not hold: ${wordsOf(error)}`);
    }
  }

  /** The one that is called so. */
  #keyOf(name: string): string {
    const key = this.keys.find((one) => one.startsWith(`${name}+`));
    if (key !== undefined) return key;
    throw new Error(`there is no key of ${name}`);
  }

  /** @param name of the log's key */
  of(name: string): readonly KeptHead[] {
    return this.#heads.get(name) ?? [];
  }
}

/** Heads by the name of the log that they are of. */
function headsShown(certificates: readonly HeldCertificate[]): ReadonlyMap<string, KeptHead[]> {
  const heads = new Map<string, KeptHead[]>();
  const add = (who: string, { size, root }: { size: number; root: string }, by: string): void => {
    heads.set(who, [...(heads.get(who) ?? []), { size, root, by }]);
  };
  for (const { file, shown } of certificates) {
    if (shown.coordinator) add(coordinator, shown.coordinator.head, file);
    for (const head of shown.witnessed) add(coordinator, head, file);
    for (const { id, head } of shown.sites) add(keyNameOf(id), head, file);
  }
  return heads;
}

/** Heads that were kept elsewhere, by the name of the log that they are of. */
function headsElsewhere(notes: readonly string[]): ReadonlyMap<string, string[]> {
  const heads = new Map<string, string[]>();
  for (const note of notes) {
    const origin = note.slice(0, note.indexOf('\n'));
    heads.set(origin, [...(heads.get(origin) ?? []), note]);
  }
  return heads;
}

/** @throws {FedwardError} AUDIT_FAILED where it can't be read */
async function hospitalLog(
  directory: string,
  options: Parameters<typeof verifyAuditLog>[1],
): Promise<AuditVerification | { readonly fault: string }> {
  try {
    return await verifyAuditLog(directory, options);
  } catch (error) {
    if (hasCode(error, 'FILE_NOT_FOUND')) return { fault: 'the log is missing' };
    throw error;
  }
}

/** What a hospital's own log says. */
interface Own {
  /** What is wrong with an entry that is of another run or hospital. */
  readonly foreign?: string;
  /** Heads of the server's log that it was shown with what it answered: also where nothing else is left of them. */
  readonly shown: readonly KeptHead[];
}

async function readOwn(directory: string, id: string, runId: string | null): Promise<Own> {
  const shown = new Map<string, KeptHead>();
  try {
    for await (const { event } of readAuditLog(directory)) {
      if (runId !== null && event.runId !== runId)
        return { foreign: `it is of run ${event.runId}, this is run ${runId}`, shown: [] };
      if (event.clientId !== undefined && event.clientId !== id)
        return { foreign: `it is of ${event.clientId}`, shown: [] };
      const head = shownSchema.safeParse(event.details).data?.serverHead;
      if (head) shown.set(`${head.index} ${head.root}`, { size: head.index + 1, root: head.root });
    }
  } catch (error) {
    if (!hasCode(error, 'AUDIT_TAMPERED') && !hasCode(error, 'FILE_NOT_FOUND')) throw error; // said already
  }
  return { shown: [...shown.values()] };
}

/** Logs of hospitals that the run does not know. */
async function strangers(hospitals: string, ids: readonly string[]): Promise<RunFault[]> {
  const known = new Set(ids.map(hospitalName));
  const names = existsSync(hospitals) ? await readdir(hospitals) : [];
  return names
    .filter((name) => !known.has(name) && existsSync(join(hospitals, name, 'audit')))
    .map((name) => ({
      file: `hospitals/${name}/audit`,
      message: "the run's log knows no such hospital with a log of its own",
    }));
}

/** Ids of the hospitals whose keys are in `keys.txt`. */
function listedIds({ contents }: RunEvidence): string[] {
  const names = verifierKeysIn(contents.get('keys.txt')?.toString('utf8') ?? '').map((key) => key.split('+')[0]!);
  return names.filter((name) => name !== coordinator).flatMap((name) => idOfKey(name) ?? []);
}

function folderOf(id: string): string {
  return `hospitals/${hospitalName(id)}`;
}
