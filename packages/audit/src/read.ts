import { leafHash, tileWidth } from '@fedward/kit-merkle';
import { resolve } from 'node:path';
import { eventOf } from './aside.js';
import { decodeLeaf, type AuditEntry } from './entry.js';
import { reasonOf } from './event.js';
import { isLineLog, pathsIn, tampered, type LogPaths } from './files.js';
import { readSnapshot, type Snapshot } from './snapshot.js';
import { readBundle, readTile } from './tile-files.js';
import { readLineLog } from './v1/read.js';

/**
 * The entries of a log of any version, in order, as a stream. Ends where the log ended when the reading began, so that it
 * may be read while it is written to. Entries that were let go (`log-pruned`) are passed over. Does not verify:
 * `verifyAuditLog` does.
 *
 * @throws {FedwardError} FILE_NOT_FOUND without a log, AUDIT_TAMPERED for what is no audit entry or a
 *   log that does not reach as far as its head, AUDIT_FAILED where a file can't be read
 */
export async function* readAuditLog(directory: string): AsyncGenerator<AuditEntry, void, undefined> {
  const paths = pathsIn(resolve(directory));
  if (isLineLog(paths)) return yield* readLineLog(paths.directory);
  for await (const { bytes, index, file } of leavesOf(paths, await snapshotOf(paths)))
    yield await entryOf(paths, bytes, index, file);
}

/** @throws {FedwardError} AUDIT_TAMPERED where checkpoint or journal can't be read as one; as `readSnapshot` */
export async function snapshotOf(paths: LogPaths): Promise<Snapshot> {
  const snapshot = await readSnapshot(paths);
  if ('message' in snapshot) throw tampered(`${paths.directory}/${snapshot.file}`, snapshot.message);
  return snapshot;
}

interface LeafAsRead {
  readonly bytes: Buffer;
  readonly index: number;
  /** From the log's folder on. */
  readonly file: string;
}

export async function* leavesOf({ directory }: LogPaths, { base, journal }: Snapshot): AsyncGenerator<LeafAsRead> {
  let pruned = true; // only what is before all others may be gone
  for (let bundle = 0; bundle * tileWidth < base.size; bundle++) {
    const width = Math.min(tileWidth, base.size - bundle * tileWidth);
    const entries = await readBundle(directory, bundle, width);
    const file = `tile/entries (bundle ${bundle})`;
    if (entries === undefined) {
      if (pruned && width === tileWidth && (await readTile(directory, 0, bundle, width))) continue;
      throw tampered(directory, `the entries of bundle ${bundle} are missing`);
    }
    pruned = false;
    for (const [n, { bytes }] of entries.entries()) yield { bytes, index: bundle * tileWidth + n, file };
  }
  for (const [n, { value }] of (journal?.leaves ?? []).entries())
    yield { bytes: value, index: base.size + n, file: 'journal' };
}

/** @throws {FedwardError} AUDIT_TAMPERED for a leaf that is no audit entry, or not this one */
export async function entryOf(paths: LogPaths, bytes: Buffer, index: number, file: string): Promise<AuditEntry> {
  try {
    const leaf = decodeLeaf(bytes);
    if (leaf.index !== index) throw new Error(`entry ${leaf.index} is in its place`);
    return { event: await eventOf(paths.directory, leaf), index, hash: leafHash(bytes) };
  } catch (error) {
    throw tampered(paths.directory, `${file}: entry ${index} is not an audit entry: ${reasonOf(error)}`);
  }
}
