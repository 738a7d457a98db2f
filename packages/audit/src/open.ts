import { FedwardError, isFedwardError, parseWith } from '@fedward/core';
import { makeFolder, openFolder, writeInPlace, type OpenFolder } from '@fedward/kit-files';
import { verifierOf, type Signer } from '@fedward/kit-keys';
import { emptyRoot, formatCheckpoint, MerkleTree, signCheckpoint, TileTree } from '@fedward/kit-merkle';
import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import type { AuditLog, SignedAuditLog } from './audit-log.js';
import type { AuditFault } from './fault.js';
import { ioFailure, isLineLog, lengthOf, pathsIn, replaceFiles, type LogPaths } from './files.js';
import { baseFrame } from './journal.js';
import { JournalFile } from './journal-file.js';
import { acquireLock } from './lock.js';
import { FileAuditLog, type OpenFiles, type Standing } from './log.js';
import { isNamed, openedEvent, type Opener } from './opener.js';
import { describeAside, recoveredFiles, setAside } from './recovery.js';
import { scanLog, type Scan } from './scan.js';
import { FileSignedLog } from './signed-log.js';
import { headFault, readSnapshot, unsigned, type Snapshot } from './snapshot.js';
import { WriterTiles } from './writer-tiles.js';

const functions = z.custom<() => string>((value) => typeof value === 'function', 'must be a function');
const optionsSchema = z.strictObject({
  fsync: z.boolean().default(true),
  breakLock: z.boolean().default(false),
  now: functions.optional(),
  runId: z.string().optional(),
  signer: z
    .custom<Signer>((value) => typeof (value as Signer | null)?.sign === 'function', 'must be a signer')
    .optional(),
  role: z.string().optional(),
  software: z.array(z.object({ name: z.string(), version: z.string() })).optional(),
  operator: z.string().optional(),
});

/** Of `openAuditLog`. */
export interface AuditLogOptions {
  /**
   * Whether an entry must be on disk before its `append` resolves. Default: true. With false it has been handed
   * to the operating system: entries survive the death of the process but not that of the machine, after which
   * the log may look tampered with. For simulations.
   */
  readonly fsync?: boolean | undefined;
  /**
   * True to take over the lock of a writer of which nobody here can tell whether it still runs (of another machine, or of
   * this one before it was started again). Never that of one that is known to run. Only for who knows that it is gone:
   * two writers tear a log apart. Default: false.
   */
  readonly breakLock?: boolean | undefined;
  /** Time of the events that the log itself adds. ISO 8601, UTC. Default: the clock. */
  readonly now?: (() => string) | undefined;
  /** Of the events that the log itself adds. Default: that of its last entry. */
  readonly runId?: string | undefined;
  /**
   * Signs the heads of the log, whose origin is the signer's name. A log that was signed once can only be opened by the key
   * that signs it. Default: not signed.
   */
  readonly signer?: Signer | undefined;
  /** As what the host writes: `coordinator`, `site`. Told, as the next two, by an entry `log-opened`. */
  readonly role?: string | undefined;
  /** What runs here. */
  readonly software?: readonly { readonly name: string; readonly version: string }[] | undefined;
  /** Verifier key of the person who runs it. */
  readonly operator?: string | undefined;
}

/**
 * Opens the audit log in a directory for writing, or creates it. Reads and verifies all of an existing log
 * first, and holds its lock until `close`: one writer at a time. Where there is anything to tell of who writes, the first
 * new entry, of the type `log-opened`, tells it.
 *
 * What a crash left behind the last checkpoint of the journal was never acknowledged. It is moved to a file
 * `recovered-<n>.bin`, and an entry of the type `log-recovery` names that file, its length and its SHA-256.
 *
 * @throws {FedwardError} AUDIT_TAMPERED for a log that does not verify, naming the first entry at fault;
 *   AUDIT_FAILED where the disk refuses, another writer has the log, or it is of version 0.1, which is only read;
 *   SIGNATURE_INVALID where another key signs it, or none is given; CONFIG_INVALID for bad options
 */
export function openAuditLog(
  directory: string,
  options: AuditLogOptions & { readonly signer: Signer },
): Promise<SignedAuditLog>;
export function openAuditLog(directory: string, options?: AuditLogOptions): Promise<AuditLog>;
export function openAuditLog(directory: string, options: AuditLogOptions = {}): Promise<AuditLog> {
  return openFileLog(directory, options);
}

/** As `openAuditLog`, for who adds the log's own events. */
export async function openFileLog(directory: string, options: AuditLogOptions): Promise<FileAuditLog> {
  const {
    fsync,
    breakLock,
    now = () => new Date().toISOString(),
    ...who
  } = parseWith(optionsSchema, options, 'openAuditLog.options');
  if (who.operator !== undefined) verifierOf(who.operator);
  const paths = pathsIn(resolve(directory));
  if (isLineLog(paths)) {
    const why = 'this log is of version 0.1, which is read and verified, and not written to any more: start a new log';
    throw new FedwardError('AUDIT_FAILED', `${paths.directory}: ${why}`, paths.directory);
  }
  await makeFolder(paths.directory).catch((error: Error) => {
    throw ioFailure('write', paths.directory, error.cause);
  });
  const release = await acquireLock(paths.lock, { breakUnknown: breakLock });
  let directoryOpen: OpenFolder | undefined;
  let journal: JournalFile | undefined;
  try {
    const known = await verified(paths);
    assertSigner(paths, known, who.signer);
    const opener: Opener = { ...who, now, runId: who.runId ?? known.runId };
    const note = noteBy(who.signer);
    directoryOpen = openFolder(paths.directory);
    const { end, standing, base } = await journalOf(paths, known, note, fsync);
    journal = new JournalFile(paths.journal, fsync, end);
    const files: OpenFiles = {
      ...{ paths, directory: directoryOpen, fsync, note, release, standing, base, journal },
      ...{ tree: known.tree, tiles: known.tiles },
    };
    const { signer } = opener;
    const log = signer ? new FileSignedLog(files, { ...opener, signer }) : new FileAuditLog(files);
    if (isNamed(opener)) await log.add(openedEvent(opener));
    for (const name of (await recoveredFiles(paths)).filter((file) => !known.mentioned.has(file))) {
      const details = await describeAside(join(paths.directory, name), end);
      await log.add({ type: 'log-recovery', time: now(), runId: opener.runId, details });
    }
    return log;
  } catch (error) {
    journal?.close();
    directoryOpen?.close();
    await release();
    throw isFedwardError(error) ? error : ioFailure('write', paths.journal, error);
  }
}

function noteBy(signer: Signer | undefined): OpenFiles['note'] {
  return (size, root) =>
    signer ? signCheckpoint(size, root, signer) : formatCheckpoint({ origin: unsigned, size, root });
}

interface Known {
  readonly snapshot: Snapshot | undefined;
  readonly tree: MerkleTree;
  readonly tiles: WriterTiles;
  /** The key that signs it. */
  readonly key: string | undefined;
  /** Names in the `log-recovery` events that are in the log. */
  readonly mentioned: ReadonlySet<string>;
  /** Of the last entry. The log does not know which run goes on, only which one was interrupted. */
  readonly runId: string;
}

/** @throws {FedwardError} AUDIT_TAMPERED */
async function verified(paths: LogPaths): Promise<Known> {
  const mentioned = new Set<string>();
  let runId = 'unknown';
  // The journal is there, with its checkpoint, before the first entry is written.
  if ((await lengthOf(paths.journal)) === undefined && (await lengthOf(paths.checkpoint)) === undefined) {
    const scan = await scanLog(paths, nothing);
    if (scan.faults.length > 0) throw refused(paths, headFault('the file is missing'));
    const tiles = new WriterTiles(paths.directory, new TileTree(), []);
    return { snapshot: undefined, tree: new MerkleTree(), tiles, key: undefined, mentioned, runId };
  }
  const snapshot = await readSnapshot(paths);
  if ('message' in snapshot) throw refused(paths, snapshot);
  if (snapshot.journal?.behind === 'changed')
    throw refused(paths, {
      ...{ file: 'journal', line: snapshot.head.size + 1, byteOffset: snapshot.journal.end },
      message: 'an entry was changed, and whole ones follow',
    });
  // What a crash leaves is no fault here.
  const journal = snapshot.journal && { ...snapshot.journal, behind: 'nothing' as const };
  const scan: Scan = await scanLog(
    paths,
    { ...snapshot, journal },
    {
      onEntry: ({ event }) => {
        runId = event.runId;
        if (event.type === 'log-recovery') mentioned.add(String(event.details['file']));
      },
    },
  );
  if (scan.faults[0]) throw refused(paths, scan.faults[0]);
  const tiles = new WriterTiles(paths.directory, scan.tiles, scan.open);
  tiles.keep(scan.unwritten);
  return { snapshot, tree: scan.tree, tiles, key: scan.keys.current, mentioned, runId };
}

const start = { origin: unsigned, size: 0, root: emptyRoot, note: '' };
const nothing: Snapshot = { base: start, head: start, checkpoint: undefined, journal: undefined, length: 0 };

function refused({ directory }: LogPaths, { file, line, byteOffset, message }: AuditFault): FedwardError {
  const path = join(directory, file);
  return new FedwardError(
    'AUDIT_TAMPERED',
    `the audit log does not verify, nothing was added to it: ${path}, entry ${line} (byte ${byteOffset}): ${message}`,
    path,
  );
}

function assertSigner({ directory }: LogPaths, { key }: Known, signer: Signer | undefined): void {
  if (key === undefined || key === signer?.verifierKey) return;
  const given = signer ? `not by ${signer.verifierKey}` : 'and no signer was given';
  throw new FedwardError('SIGNATURE_INVALID', `the log in ${directory} is signed by ${key}, ${given}`, directory);
}

interface Begun {
  readonly standing: Standing;
  readonly base: number;
  readonly end: number;
}

/** The journal that a crash left, without what was never acknowledged, or a new one. */
async function journalOf(paths: LogPaths, known: Known, note: OpenFiles['note'], fsync: boolean): Promise<Begun> {
  const { snapshot } = known;
  if (snapshot?.journal) {
    const { journal, head, base, length } = snapshot;
    if (length > journal.end) {
      const file = await open(paths.journal, writeInPlace);
      try {
        await setAside(paths, file, journal.end);
      } finally {
        await file.close();
      }
    }
    return { standing: head, base: base.size, end: journal.end };
  }
  const { size, root } = known.tree;
  const standing = { size, root, note: snapshot?.head.note ?? note(size, root) };
  const bytes = baseFrame(standing.note);
  await replaceFiles([{ path: paths.journal, bytes }], fsync);
  return { standing, base: size, end: bytes.length };
}
