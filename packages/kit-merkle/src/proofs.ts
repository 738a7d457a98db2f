import { assertInteger } from '@fedward/core';
import { isHash, MerkleTree, nodeHash } from './merkle.js';

/**
 * The hashes that lead from one leaf to the root, nearest to the leaf first.
 * Source: RFC 6962, section 2.1.1, PATH(index, leaves).
 *
 * @param leafHashes `leafHash` of every leaf, in order
 * @param index of the leaf, from 0 on
 * @throws {FedwardError} ARGUMENT_INVALID for an index that is not in the tree
 */
export function inclusionProof(leafHashes: readonly string[], index: number): string[] {
  assertInteger('index', index, 0, leafHashes.length - 1);
  if (leafHashes.length === 1) return [];
  const split = splitOf(leafHashes.length);
  const left = leafHashes.slice(0, split);
  const right = leafHashes.slice(split);
  return index < split
    ? [...inclusionProof(left, index), rootOfHashes(right)]
    : [...inclusionProof(right, index - split), rootOfHashes(left)];
}

/** That an event is in a log. */
export interface InclusionClaim {
  readonly leafHash: string;
  readonly index: number;
  readonly size: number;
  readonly proof: readonly string[];
  readonly root: string;
}

/**
 * True where the tree of `size` leaves with this root holds this leaf at `index`. Malformed input is false.
 * Source: RFC 9162, section 2.1.3.2 (RFC 6962 gives the proof, not how to check it).
 */
export function verifyInclusion({ leafHash, index, size, proof, root }: InclusionClaim): boolean {
  if (![leafHash, root, ...proof].every(isHash) || !isCount(size) || !isIndex(index, size)) return false;
  const place = new Place(index, size - 1);
  let hash = leafHash;
  for (const sibling of proof) {
    if (place.atRoot) return false;
    hash = place.siblingIsLeft() ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
    place.rise();
  }
  return place.atRoot && hash === root;
}

/**
 * The hashes that show that the first `firstSize` leaves were not touched while the tree grew.
 * Source: RFC 6962, section 2.1.2, PROOF(firstSize, leaves).
 *
 * @param leafHashes `leafHash` of every leaf of the larger tree, in order
 * @param firstSize leaves of the smaller tree, from 1 on
 * @throws {FedwardError} ARGUMENT_INVALID for a size that the tree never had
 */
export function consistencyProof(leafHashes: readonly string[], firstSize: number): string[] {
  assertInteger('firstSize', firstSize, 1, leafHashes.length);
  return subproof(leafHashes, firstSize, true);
}

/** SUBPROOF(m, D[n], whole): `whole` where the m leaves are a tree whose root the verifier has. */
function subproof(hashes: readonly string[], firstSize: number, whole: boolean): string[] {
  if (firstSize === hashes.length) return whole ? [] : [rootOfHashes(hashes)];
  const split = splitOf(hashes.length);
  const left = hashes.slice(0, split);
  const right = hashes.slice(split);
  return firstSize <= split
    ? [...subproof(left, firstSize, whole), rootOfHashes(right)]
    : [...subproof(right, firstSize - split, false), rootOfHashes(left)];
}

/** That one log is the beginning of another. */
export interface ConsistencyClaim {
  readonly firstSize: number;
  readonly firstRoot: string;
  readonly secondSize: number;
  readonly secondRoot: string;
  readonly proof: readonly string[];
}

/**
 * True where the tree with `secondRoot` begins with the tree with `firstRoot`. Malformed input is false, and so
 * is a first tree without leaves, for which RFC 6962 has no proof. Source: RFC 9162, section 2.1.4.2.
 */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { firstSize, firstRoot, secondSize, secondRoot, proof } = claim;
  if (![firstRoot, secondRoot, ...proof].every(isHash)) return false;
  if (!isCount(firstSize) || !isCount(secondSize) || firstSize > secondSize) return false;
  if (firstSize === secondSize) return proof.length === 0 && firstRoot === secondRoot;

  const place = new Place(firstSize - 1, secondSize - 1);
  place.riseWhileRight();
  // A first tree that is one full subtree is its own starting point and is not repeated in the proof.
  const [start, ...rest] = place.index === 0 ? [firstRoot, ...proof] : proof;
  if (start === undefined) return false;
  let first = start;
  let second = start;
  for (const sibling of rest) {
    if (place.atRoot) return false;
    if (place.siblingIsLeft()) {
      first = nodeHash(sibling, first);
      second = nodeHash(sibling, second);
    } else {
      second = nodeHash(second, sibling);
    }
    place.rise();
  }
  return place.atRoot && first === firstRoot && second === secondRoot;
}

/** Where a verifier stands: the number of its node in its row, and of the row's last (fn and sn of RFC 9162). */
class Place {
  constructor(
    public index: number,
    private last: number,
  ) {}

  get atRoot(): boolean {
    return this.last === 0;
  }

  /** Also passes by the rows in which the last node has no sibling. */
  siblingIsLeft(): boolean {
    if (this.index % 2 === 1) return true;
    if (this.index !== this.last) return false;
    while (this.index % 2 === 0 && this.index > 0) this.rise();
    return true;
  }

  riseWhileRight(): void {
    while (this.index % 2 === 1) this.rise();
  }

  rise(): void {
    this.index = Math.floor(this.index / 2);
    this.last = Math.floor(this.last / 2);
  }
}

/** The largest power of two below `size` (>= 2): where RFC 6962 parts a tree. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

function rootOfHashes(hashes: readonly string[]): string {
  const tree = new MerkleTree();
  for (const hash of hashes) tree.appendHash(hash);
  return tree.root;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}

function isIndex(value: number, size: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value < size;
}
