import { decodeBundle, encodeBundle, entriesPath, leafHash, MerkleTree, tilePath, TileTree } from '@fedward/kit-merkle';
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

/**
 * What someone writes who has a key and not this package: any leaves, their tiles and a checkpoint, each hash right.
 * @param note over them
 */
export function forged(leaves: readonly Buffer[], note: (size: number, root: string) => string): Map<string, Buffer> {
  const [tree, tiles] = [new MerkleTree(), new TileTree()];
  const full = leaves.flatMap((leaf) => {
    tree.append(leaf);
    return tiles.append(leafHash(leaf));
  });
  const files = new Map<string, Buffer>();
  for (const { level, index, width, bytes } of [...full, ...tiles.partial()])
    files.set(tilePath(level, index, width), bytes);
  for (let n = 0; n < leaves.length; n += 256) {
    const some = leaves.slice(n, n + 256);
    files.set(entriesPath(n / 256, some.length), encodeBundle(some));
  }
  return files.set('checkpoint', Buffer.from(note(tree.size, tree.root)));
}
