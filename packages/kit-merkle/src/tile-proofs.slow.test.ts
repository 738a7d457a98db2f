import { createHash } from 'node:crypto';
import { Random } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { leafHash, MerkleTree, rootOf } from './merkle.js';
import { consistencyProof, inclusionProof, verifyConsistency, verifyInclusion } from './proofs.js';
import { consistencyProofFrom, inclusionProofFrom, rootFrom, type ReadTile } from './tile-proofs.js';
import { hashesOf, TileTree, type Tile } from './tile-tree.js';
import { partialTiles, tilePath } from './tiles.js';

const most = 70_000;
const hashes = Array.from({ length: most }, (_, n) => createHash('sha256').update(`leaf ${n}`).digest('hex'));

/** All tiles of a tree, as a folder would hold them, and how many of them were read. */
function folderOf(size: number): { readonly read: ReadTile; readonly reads: string[]; readonly tiles: Tile[] } {
  const tree = new TileTree();
  const tiles = hashes.slice(0, size).flatMap((hash) => tree.append(hash));
  tiles.push(...tree.partial());
  const files = new Map(tiles.map((tile) => [tilePath(tile.level, tile.index, tile.width), tile]));
  const reads: string[] = [];
  const read: ReadTile = (level, index, width) => {
    const found =
      files.get(tilePath(level, index)) ??
      tiles.find((tile) => tile.level === level && tile.index === index && tile.width >= width);
    reads.push(tilePath(level, index));
    return found && hashesOf(found.bytes);
  };
  return { read, reads, tiles };
}

function rootOfFirst(size: number): string {
  const tree = new MerkleTree();
  for (const hash of hashes.slice(0, size)) tree.appendHash(hash);
  return tree.root;
}

describe('tiles of a tree', () => {
  it('are over the leaves, and over full tiles of the level below', () => {
    const { tiles } = folderOf(most);
    const of = (level: number) => tiles.filter((tile) => tile.level === level);
    expect(of(0).map(({ width }) => width)).toEqual([...Array<number>(273).fill(256), 112]);
    expect(of(1).map(({ width }) => width)).toEqual([256, 17]);
    expect(of(2).map(({ width }) => width)).toEqual([1]);
    expect(of(0).flatMap(({ bytes }) => hashesOf(bytes))).toEqual(hashes);
    expect(hashesOf(of(1)[0]!.bytes)[3]).toBe(rootOfHashes(hashes.slice(768, 1024)));
    expect(hashesOf(of(2)[0]!.bytes)).toEqual([rootOfFirst(65_536)]);
    expect(tiles.filter(({ width }) => width < 256).map(({ bytes: _, ...place }) => place)).toEqual(partialTiles(most));
  });

  it('go on from their right edge as if they had never stopped', () => {
    for (const size of [0, 1, 255, 256, 257, 65_535, 65_536, 66_000]) {
      const whole = new TileTree();
      for (const hash of hashes.slice(0, size)) whole.append(hash);
      const again = TileTree.from(size, whole.partial());
      for (const hash of hashes.slice(size, size + 600)) expect(again.append(hash)).toEqual(whole.append(hash));
      expect(again.partial()).toEqual(whole.partial());
      expect(again.size).toBe(size + 600);
    }
  });
});

describe('proofs from tiles', () => {
  it('are the same as from all leaves, for each leaf and each smaller tree of small trees', async () => {
    for (let size = 1; size <= 40; size++) {
      const { read } = folderOf(size);
      const leaves = hashes.slice(0, size);
      expect(await rootFrom(read, size)).toBe(rootOfFirst(size));
      for (let n = 0; n < size; n++) {
        expect(await inclusionProofFrom(read, n, size)).toEqual(inclusionProof(leaves, n));
        expect(await consistencyProofFrom(read, n + 1, size)).toEqual(consistencyProof(leaves, n + 1));
      }
    }
  });

  it('are the same around the edges of tiles', async () => {
    for (const size of [255, 256, 257, 511, 512, 600]) {
      const { read } = folderOf(size);
      const leaves = hashes.slice(0, size);
      for (const n of [0, 1, 127, 254, 255, 256, 300, 511, 599].filter((index) => index < size)) {
        expect(await inclusionProofFrom(read, n, size)).toEqual(inclusionProof(leaves, n));
        expect(await consistencyProofFrom(read, n + 1, size)).toEqual(consistencyProof(leaves, n + 1));
      }
    }
  });

  it('verify in a tree of three levels, and take a few tiles', async () => {
    const { read, reads } = folderOf(most);
    const random = new Random(7);
    const root = rootOfFirst(most);
    for (let n = 0; n < 25; n++) {
      const index = random.integer(0, most);
      reads.length = 0;
      const proof = await inclusionProofFrom(read, index, most);
      expect(verifyInclusion({ leafHash: hashes[index]!, index, size: most, proof, root })).toBe(true);
      expect(new Set(reads).size).toBeLessThanOrEqual(6);
      const firstSize = index + 1;
      const grown = await consistencyProofFrom(read, firstSize, most);
      const claim = { firstSize, firstRoot: rootOfFirst(firstSize), secondSize: most, secondRoot: root, proof: grown };
      expect(verifyConsistency(claim)).toBe(true);
    }
  });

  it('are refused for what is not in the tree, and without a tile that they need', async () => {
    const { read } = folderOf(300);
    await expect(inclusionProofFrom(read, 300, 300)).rejects.toThrow(/index/);
    await expect(consistencyProofFrom(read, 0, 300)).rejects.toThrow(/firstSize/);
    await expect(inclusionProofFrom(() => undefined, 0, 300)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(inclusionProofFrom(() => [hashes[0]!], 0, 300)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});

it('a leaf is hashed by itself, whatever the buffer it lies in', () => {
  const inside = Buffer.from('xxleafxx').subarray(2, 6);
  expect(leafHash(inside)).toBe(rootOf([Buffer.from('leaf')]));
});

function rootOfHashes(some: readonly string[]): string {
  const tree = new MerkleTree();
  for (const hash of some) tree.appendHash(hash);
  return tree.root;
}
