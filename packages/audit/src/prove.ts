import { FedwardError, type EntryProof } from '@fedward/core';
import { verifierOf } from '@fedward/kit-keys';
import {
  formatCheckpoint,
  formatProof,
  inclusionProof,
  inclusionProofFrom,
  leafHash,
  MerkleTree,
  openProof,
  parseProof,
  partialTiles,
  rootFrom,
  TileTree,
  tileWidth,
  verifyInclusion,
  type Checkpoint,
  type Tile,
} from '@fedward/kit-merkle';
import { resolve } from 'node:path';
import { decodeLeaf, leafOf, type AuditEntry, type Leaf } from './entry.js';
import { reasonOf } from './event.js';
import { isLineLog, pathsIn, tampered } from './files.js';
import { snapshotOf } from './read.js';
import { unsigned, type Snapshot } from './snapshot.js';
import { readBundle, readTile } from './tile-files.js';
import { readLineLog } from './v1/read.js';
import { WriterTiles } from './writer-tiles.js';

/**
 * That an entry is in a log, for someone who has its public key and not the log. Only reads, O(log n) tiles; the log may be
 * open elsewhere. Where it is not signed neither is the checkpoint in the proof: the root in there must be known otherwise.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for an entry that there is not, or that was let go; FILE_NOT_FOUND without a log;
 *   AUDIT_TAMPERED where the log does not hold what its checkpoint says; AUDIT_FAILED where a file can't be read
 */
export async function proveEntry(directory: string, index: number): Promise<EntryProof> {
  const paths = pathsIn(resolve(directory));
  if (isLineLog(paths)) return proveLine(paths.directory, index);
  const snapshot = await snapshotOf(paths);
  const { head, base } = snapshot;
  const tiles = await tilesOf(paths.directory, snapshot);
  const proof = await inclusionProofFrom((...at) => tiles.read(...at), index, head.size);
  const leaf = index < base.size ? await stored(paths.directory, index, base.size) : tiles.leaf(index);
  if (!leaf) throw new FedwardError('ARGUMENT_INVALID', `entry ${index} of ${paths.directory} was let go`, 'index');
  if ((await rootFrom((...at) => tiles.read(...at), head.size)) !== head.root)
    throw tampered(paths.directory, 'the tiles are not those of the checkpoint');
  if (!verifyInclusion({ leafHash: leafHash(leaf), index, size: head.size, proof, root: head.root }))
    throw tampered(paths.directory, `entry ${index} is not the one of the checkpoint`);
  return { entry: leaf.toString('utf8'), proof: formatProof({ index, proof, checkpoint: head.note }) };
}

async function stored(directory: string, index: number, size: number): Promise<Buffer | undefined> {
  const bundle = Math.floor(index / tileWidth);
  const entries = await readBundle(directory, bundle, Math.min(tileWidth, size - bundle * tileWidth));
  return entries?.[index % tileWidth]?.bytes;
}

/** The tiles of a log as its files are now: those on disk, and what its journal adds. */
async function tilesOf(directory: string, { base, journal }: Snapshot): Promise<WriterTiles> {
  const edge: Tile[] = [];
  for (const place of partialTiles(base.size)) {
    const hashes = await readTile(directory, place.level, place.index, place.width);
    if (!hashes) throw tampered(directory, `tile ${place.index} of level ${place.level} is missing`);
    edge.push({ ...place, bytes: Buffer.from(hashes.join(''), 'hex') });
  }
  const tiles = new WriterTiles(directory, TileTree.from(base.size, edge), []);
  for (const { value } of journal?.leaves ?? []) tiles.append(value, leafHash(value));
  return tiles;
}

async function proveLine(directory: string, index: number): Promise<EntryProof> {
  const hashes: string[] = [];
  let found: AuditEntry | undefined;
  for await (const entry of readLineLog(directory)) {
    if (hashes.push(entry.hash) - 1 === index) found = entry;
  }
  const proof = inclusionProof(hashes, index);
  const tree = new MerkleTree();
  for (const hash of hashes) tree.appendHash(hash);
  const checkpoint = formatCheckpoint({ origin: unsigned, size: tree.size, root: tree.root });
  return { entry: leafOf(found!).toString('utf8'), proof: formatProof({ index, proof, checkpoint }) };
}

/** An entry that was shown to be in a log, and in which. */
export interface ProvenEntry extends Leaf {
  readonly checkpoint: Checkpoint;
}

/**
 * Checks that an entry is in a log, with nothing but the proof and the log's public key.
 * @param keys verifier keys, one of which must have signed the log's head
 * @throws {FedwardError} SIGNATURE_INVALID where none of them has; AUDIT_TAMPERED where the entry is another, or is not in
 *   there; MESSAGE_INVALID for what is no proof
 */
export function openEntryProof({ entry, proof }: EntryProof, keys: readonly string[]): ProvenEntry {
  const bytes = Buffer.from(entry);
  const checkpoint = openProof(proof, leafHash(bytes), keys.map(verifierOf));
  let leaf: Leaf;
  try {
    leaf = decodeLeaf(bytes);
  } catch (error) {
    throw tampered(checkpoint.origin, `not an audit entry: ${reasonOf(error)}`);
  }
  if (leaf.index !== parseProof(proof).index) throw tampered(checkpoint.origin, `entry ${leaf.index} is elsewhere`);
  return { ...leaf, checkpoint };
}
