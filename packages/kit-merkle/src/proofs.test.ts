import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyRoot, leafHash, rootOf } from './merkle.js';
import { consistencyProof, inclusionProof, verifyConsistency, verifyInclusion } from './proofs.js';

const leaves = Array.from({ length: 33 }, (_, n) => Buffer.from(`leaf ${n}`));
const hashes = leaves.map(leafHash);
const root = (size: number): string => rootOf(leaves.slice(0, size));
const sizes = leaves.map((_, n) => n + 1);

/** A hash that differs in its last digit. */
const spoilt = (hash: string): string => hash.slice(0, -1) + (hash.endsWith('0') ? '1' : '0');

/** Every proof that differs from this one in one hash, one hash more or one less. */
function* spoiltProofs(proof: readonly string[]): Generator<string[]> {
  for (let at = 0; at < proof.length; at++) {
    yield proof.with(at, spoilt(proof[at]!));
    yield proof.with(at, proof[at]!.slice(0, -1)); // 63 digits
    yield proof.toSpliced(at, 1);
    yield proof.toSpliced(at, 0, proof[at]!);
  }
  yield [...proof, emptyRoot];
  yield [emptyRoot, ...proof];
}

describe('inclusion proofs', () => {
  it('show each leaf of each tree to be where it is, and nowhere else', () => {
    for (const size of sizes)
      for (let index = 0; index < size; index++) {
        const proof = inclusionProof(hashes.slice(0, size), index);
        const claim = { leafHash: hashes[index]!, index, size, proof, root: root(size) };
        expect(verifyInclusion(claim)).toBe(true);
        for (let other = 0; other < size; other++)
          expect(verifyInclusion({ ...claim, index: other })).toBe(other === index);
      }
  });

  it('are as long as the tree is high, at most', () => {
    for (const size of sizes) {
      const lengths = hashes.slice(0, size).map((_, index) => inclusionProof(hashes.slice(0, size), index).length);
      expect(Math.max(...lengths)).toBe(Math.ceil(Math.log2(size)));
    }
  });

  it('fail with any part of them changed', () => {
    for (const [index, size] of [
      [0, 1],
      [5, 8],
      [6, 7],
      [32, 33],
      [12, 29],
    ] as const) {
      const proof = inclusionProof(hashes.slice(0, size), index);
      const claim = { leafHash: hashes[index]!, index, size, proof, root: root(size) };
      expect(verifyInclusion({ ...claim, leafHash: spoilt(claim.leafHash) })).toBe(false);
      expect(verifyInclusion({ ...claim, root: spoilt(claim.root) })).toBe(false);
      for (const bad of spoiltProofs(proof)) expect(verifyInclusion({ ...claim, proof: bad })).toBe(false);
      for (const bad of [-1, size, 0.5, NaN]) expect(verifyInclusion({ ...claim, index: bad })).toBe(false);
      for (const bad of [0, index, -1, 1.5, NaN]) expect(verifyInclusion({ ...claim, size: bad })).toBe(false);
      expect(verifyInclusion({ ...claim, root: claim.root.toUpperCase() })).toBe(false);
    }
  });

  it('fail for a tree of another height, with the root of the right one', () => {
    for (let index = 0; index < 8; index++) {
      const proof = inclusionProof(hashes.slice(0, 8), index);
      const claim = { leafHash: hashes[index]!, index, proof, root: root(8) };
      for (const size of [4, 9, 16, 33]) expect(verifyInclusion({ ...claim, size })).toBe(false);
    }
  });

  it('fail for a subtree with the root of the whole tree', () => {
    for (let index = 4; index < 8; index++) {
      const proof = inclusionProof(hashes.slice(0, 8), index);
      const claim = { leafHash: hashes[index]!, index: index - 4, size: 4, proof, root: root(8) };
      expect(verifyInclusion(claim)).toBe(false); // it would lead from the subtree's root on to that of the whole
    }
  });

  it('are refused for a leaf that is not there', () => {
    for (const index of [-1, 33, 1.5]) expect(() => inclusionProof(hashes, index)).toThrow(/index/);
    expect(() => inclusionProof([], 0)).toThrow(/index/);
  });
});

describe('consistency proofs', () => {
  it('show each tree to begin with each smaller one, and with no other', () => {
    for (const secondSize of sizes)
      for (let firstSize = 1; firstSize <= secondSize; firstSize++) {
        const proof = consistencyProof(hashes.slice(0, secondSize), firstSize);
        const claim = { firstSize, firstRoot: root(firstSize), secondSize, secondRoot: root(secondSize), proof };
        expect(verifyConsistency(claim)).toBe(true);
        const rewritten = rootOf([Buffer.from('rewritten'), ...leaves.slice(1, firstSize)]);
        expect(verifyConsistency({ ...claim, firstRoot: rewritten })).toBe(false);
        expect(verifyConsistency({ ...claim, secondRoot: spoilt(claim.secondRoot) })).toBe(false);
      }
  });

  it('fail with any part of them changed', () => {
    for (const [firstSize, secondSize] of [
      [1, 8],
      [4, 8],
      [3, 7],
      [6, 8],
      [32, 33],
      [19, 33],
      [8, 8],
    ] as const) {
      const proof = consistencyProof(hashes.slice(0, secondSize), firstSize);
      const claim = { firstSize, firstRoot: root(firstSize), secondSize, secondRoot: root(secondSize), proof };
      for (const bad of spoiltProofs(proof)) expect(verifyConsistency({ ...claim, proof: bad })).toBe(false);
      for (const bad of [0, -1, secondSize + 1, 0.5, NaN])
        expect(verifyConsistency({ ...claim, firstSize: bad })).toBe(false);
      for (const bad of [0, firstSize - 1, 0.5, NaN])
        expect(verifyConsistency({ ...claim, secondSize: bad })).toBe(false);
    }
  });

  it('fail for trees of another height, with the roots of the right ones', () => {
    for (const firstSize of [1, 2, 3, 4, 5]) {
      const proof = consistencyProof(hashes.slice(0, 8), firstSize);
      const claim = { firstSize, firstRoot: root(firstSize), secondRoot: root(8), proof };
      for (const secondSize of [9, 16, 33]) expect(verifyConsistency({ ...claim, secondSize })).toBe(false);
      expect(verifyConsistency({ ...claim, secondSize: 4 })).toBe(false);
    }
  });

  it('fail for subtrees with the roots of the whole trees', () => {
    const proof = consistencyProof(hashes.slice(0, 8), 7);
    const claim = { firstSize: 7, firstRoot: root(7), secondSize: 8, secondRoot: root(8), proof };
    expect(verifyConsistency(claim)).toBe(true);
    expect(verifyConsistency({ ...claim, firstSize: 3, secondSize: 4 })).toBe(false);
  });

  it('have no meaning for a tree without leaves', () => {
    expect(() => consistencyProof(hashes, 0)).toThrow(/firstSize/);
    expect(() => consistencyProof(hashes, 34)).toThrow(/firstSize/);
    const claim = { firstSize: 0, firstRoot: emptyRoot, secondSize: 1, secondRoot: root(1), proof: [] };
    expect(verifyConsistency(claim)).toBe(false);
  });

  it('are those of the example of RFC 6962, section 2.1.3', () => {
    // Seven leaves d0 to d6; in the RFC's names: c = leaf 2, d = leaf 3, g = (0,1), k = (4,5), l = (0..3), j = leaf 6.
    const seven = hashes.slice(0, 7);
    const [c, d, j] = [seven[2], seven[3], seven[6]];
    const subtree = (from: number, to: number): string => rootOf(leaves.slice(from, to));
    expect(consistencyProof(seven, 3)).toEqual([c, d, subtree(0, 2), subtree(4, 7)]);
    expect(consistencyProof(seven, 4)).toEqual([subtree(4, 7)]);
    expect(consistencyProof(seven, 6)).toEqual([subtree(4, 6), j, subtree(0, 4)]);
    expect(inclusionProof(seven, 0)).toEqual([seven[1], subtree(2, 4), subtree(4, 7)]);
    expect(inclusionProof(seven, 3)).toEqual([c, subtree(0, 2), subtree(4, 7)]);
    expect(inclusionProof(seven, 4)).toEqual([seven[5], j, subtree(0, 4)]);
    expect(inclusionProof(seven, 6)).toEqual([subtree(4, 6), subtree(0, 4)]);
  });
});

const data = process.env['FEDWARD_DATA'];
describe.skipIf(!data)('the reference proof (needs FEDWARD_DATA)', () => {
  it('is the one computed here, and verifies', () => {
    const vectors = JSON.parse(readFileSync(join(data!, '..', 'reference', 'rfc6962.json'), 'utf8')) as {
      leaves: string[];
      roots: Record<string, string>;
      inclusion: { index: number; size: number; proof: string[] };
    };
    const { index, size, proof } = vectors.inclusion;
    const published = vectors.leaves.slice(0, size).map((leaf) => leafHash(Buffer.from(leaf, 'hex')));
    expect(inclusionProof(published, index)).toEqual(proof);
    expect(verifyInclusion({ leafHash: published[index]!, index, size, proof, root: vectors.roots[size]! })).toBe(true);
  });
});
