import { encodeBundle, decodeBundle } from '@fedward/kit-merkle';
import type { Signer } from '@fedward/kit-keys';
import type { AuditEvent } from '@fedward/core';
import { openAuditLog } from '../open.js';
import { filesIn, putFiles } from './fixtures.js';

/** The files of a log with the bundle of this path made of other entries. */
export function withEntries(
  files: ReadonlyMap<string, Buffer>,
  path: string,
  change: (entries: Buffer[]) => Buffer[],
): Map<string, Buffer> {
  const entries = decodeBundle(files.get(path)!).map(({ bytes }) => bytes);
  return new Map([...files, [path, encodeBundle(change(entries))]]);
}

/** The bundles of a log's files, by the index of their first entry. */
export function bundlesOf(files: ReadonlyMap<string, Buffer>): { readonly path: string; readonly first: number }[] {
  return [...files.keys()]
    .filter((path) => path.startsWith('tile/entries/'))
    .sort()
    .map((path, n) => ({ path, first: n * 256 }));
}

/** What its owner can do, who has the key: a whole other log in the place of the first, each part of it right. */
export async function writeAnew(
  directory: string,
  events: readonly AuditEvent[],
  options: { readonly signer: Signer; readonly now: () => string },
): Promise<Map<string, Buffer>> {
  putFiles(directory, new Map());
  const log = await openAuditLog(directory, { ...options, fsync: false });
  await Promise.all(events.map((event) => log.append(event)));
  await log.close();
  return filesIn(directory);
}
