import { FedwardError, isFedwardError, parseWith } from '@fedward/core';
import { fileMode, makeFolder, openFolder, writeInPlace, type OpenFolder } from '@fedward/kit-files';
import { open, type FileHandle } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { ioFailure, lengthOf, pathsIn, type LogPaths } from './files.js';
import { draftHead, emptyHead, publishHead, readHead, type AuditHead } from './head.js';
import { readLines } from './lines.js';
import { acquireLock } from './lock.js';
import { FileAuditLog, type AuditLog } from './log.js';
import { MerkleTree } from '@fedward/kit-merkle';
import { describeAside, recoveredFiles, setAside } from './recovery.js';
import { compareWithHead, headFault, logFault, scanLog, type AuditFault } from './scan.js';

const optionsSchema = z.strictObject({
  fsync: z.boolean().default(true),
  breakLock: z.boolean().default(false),
  now: z.custom<() => string>((value) => typeof value === 'function', 'must be a function').optional(),
});

/** Of `openAuditLog`. */
export interface AuditLogOptions {
  /**
   * Whether an entry must be on disk before its `append` resolves. Default: true. With false it has been handed
   * to the operating system: entries survive the death of the process but not that of the machine, after which
   * the log may look tampered with. For simulations.
   */
  readonly fsync?: boolean;
  /**
   * True to take over the lock of a writer of which nobody here can tell whether it still runs (of another machine, or of
   * this one before it was started again). Never that of one that is known to run. Only for who knows that it is gone:
   * two writers tear a log apart. Default: false.
   */
  readonly breakLock?: boolean;
  /** Time of the events that the log itself adds (`log-recovery`). ISO 8601, UTC. Default: the clock. */
  readonly now?: () => string;
}

/**
 * Opens the audit log in a directory for writing, or creates it. Reads and verifies all of an existing log
 * first, and holds its lock until `close`: one writer at a time.
 *
 * What a crash left behind the head was never acknowledged. It is moved to a file `recovered-<n>.bin`, and the
 * first new entry, of the type `log-recovery`, names that file, its length and its SHA-256.
 *
 * @throws {FedwardError} AUDIT_TAMPERED for a log that does not verify, naming the first line at fault;
 *   AUDIT_FAILED where the disk refuses or another writer has the log; CONFIG_INVALID for bad options
 */
export async function openAuditLog(directory: string, options: AuditLogOptions = {}): Promise<AuditLog> {
  const {
    fsync,
    breakLock,
    now = () => new Date().toISOString(),
  } = parseWith(optionsSchema, options, 'openAuditLog.options');
  const paths = pathsIn(resolve(directory));
  await makeFolder(paths.directory).catch((error: Error) => {
    throw ioFailure('write', paths.directory, error.cause);
  });
  const release = await acquireLock(paths.lock, { breakUnknown: breakLock });
  let file: FileHandle | undefined;
  let opened: OpenFolder | undefined;
  try {
    const known = await verified(paths);
    opened = openFolder(paths.directory);
    file = await open(paths.log, known.exists ? writeInPlace : 'wx+', fileMode);
    if (known.head === undefined) await writeFirstHead(paths, opened);
    if (known.behind > 0) await setAside(paths, file, known.bytes);
    const unmentioned = (await recoveredFiles(paths)).filter((name) => !known.mentioned.has(name));

    const { ino } = await file.stat();
    const log = new FileAuditLog({
      paths,
      file,
      inode: ino,
      directory: opened,
      fsync,
      head: known.head ?? emptyHead,
      tree: known.tree,
      release,
    });
    for (const name of unmentioned) {
      const details = await describeAside(join(paths.directory, name), known.bytes);
      await log.append({ type: 'log-recovery', time: now(), runId: known.runId, details });
    }
    return log;
  } catch (error) {
    await file?.close();
    opened?.close();
    await release();
    throw isFedwardError(error) ? error : ioFailure('write', paths.log, error);
  }
}

interface Known {
  readonly exists: boolean;
  readonly head: AuditHead | undefined;
  readonly tree: MerkleTree;
  /** Length of what the head vouches for, and of what lies behind. */
  readonly bytes: number;
  readonly behind: number;
  /** Names in the `log-recovery` events that are in the log. */
  readonly mentioned: ReadonlySet<string>;
  /** Of the last entry. The log does not know which run goes on, only which one was interrupted. */
  readonly runId: string;
}

/** @throws {FedwardError} AUDIT_TAMPERED */
async function verified(paths: LogPaths): Promise<Known> {
  const head = await readHead(paths);
  const length = await lengthOf(paths.log);
  const mentioned = new Set<string>();
  let runId = 'unknown';
  // The head of an empty log is on disk before the first entry is written, so that a crash leaves no log with
  // content and no head; and the log's file is there before its head.
  if (head === 'missing' && (length ?? 0) === 0)
    return { exists: length === 0, head: undefined, tree: new MerkleTree(), bytes: 0, behind: 0, mentioned, runId };
  if (head === 'missing') throw tampered(paths, headFault('the file is missing'));
  if ('fault' in head) throw tampered(paths, headFault(head.fault));
  if (length === undefined) throw tampered(paths, logFault(0, 0, 'the file is missing'));

  const scan = await scanLog(readLines(paths.log, head.bytes), head, {
    onEntry: ({ event }) => {
      runId = event.runId;
      if (event.type === 'log-recovery') mentioned.add(String(event.details['file']));
    },
  });
  const fault = scan.faults[0] ?? compareWithHead(scan, head, length)[0];
  if (fault) throw tampered(paths, fault);
  const { tree, bytes } = scan;
  return { exists: true, head, tree, bytes, behind: length - bytes, mentioned, runId };
}

function tampered({ directory }: LogPaths, { file, line, byteOffset, message }: AuditFault): FedwardError {
  const path = join(directory, file);
  return new FedwardError(
    'AUDIT_TAMPERED',
    `the audit log does not verify, nothing was added to it: ${path}, line ${line} (byte ${byteOffset}): ${message}`,
    path,
  );
}

async function writeFirstHead(paths: LogPaths, directory: OpenFolder): Promise<void> {
  await directory.sync();
  await draftHead(paths, emptyHead);
  await publishHead(paths, directory);
}
