import { hash as digest } from 'node:crypto';
import { sha256 } from '@fedward/core';

/** Root of the tree without leaves: SHA-256 of nothing (RFC 6962, section 2.1). */
export const emptyRoot = sha256('');

// RFC 6962, section 2.1: the two prefixes keep a leaf from being passed off as a node (second preimages).
const leafPrefix = Uint8Array.of(0);
/** Room for a node: its prefix and two hashes. */
const node = Buffer.alloc(65, 1);

/** Hexadecimal decoding drops what it can't read without a word, so that this must be asked first. */
export function isHash(value: string): boolean {
  return /^[0-9a-f]{64}$/.test(value);
}

/** SHA-256(0x00 || leaf), as 64 hexadecimal digits. Source: RFC 6962, section 2.1. */
export function leafHash(leaf: Uint8Array): string {
  return digest('sha256', Buffer.concat([leafPrefix, leaf]), 'hex');
}

/**
 * SHA-256(0x01 || left || right), as 64 hexadecimal digits. Source: RFC 6962, section 2.1.
 * @param left hash of the left subtree, 64 hexadecimal digits (not checked here)
 * @param right hash of the right subtree, likewise
 */
export function nodeHash(left: string, right: string): string {
  node.write(left, 1, 32, 'hex');
  node.write(right, 33, 32, 'hex');
  return digest('sha256', node, 'hex');
}

/**
 * A Merkle tree that only grows. Memory: one hash for each bit that is set in `size`, not one for each leaf.
 * Source: RFC 6962, section 2.1.
 */
export class MerkleTree {
  /** Roots of the full subtrees, largest (leftmost) first: one for each bit set in `size`. */
  readonly #peaks: string[] = [];
  #size = 0;

  /** Number of leaves. */
  get size(): number {
    return this.#size;
  }

  /** Hash over all leaves and their order, 64 hexadecimal digits. O(log size) hashes. */
  get root(): string {
    const last = this.#peaks.at(-1);
    if (last === undefined) return emptyRoot;
    return this.#peaks.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
  }

  /** Adds a leaf at the right end. */
  append(leaf: Uint8Array): void {
    this.appendHash(leafHash(leaf));
  }

  /** Adds a leaf by its hash, for a caller that has it already. */
  appendHash(hash: string): void {
    // As in binary addition of one: each set bit that is carried over merges two subtrees of equal size.
    let carried = hash;
    for (let bits = this.#size; bits % 2 === 1; bits = (bits - 1) / 2) carried = nodeHash(this.#peaks.pop()!, carried);
    this.#peaks.push(carried);
    this.#size += 1;
  }
}

/** Merkle tree hash of these leaves, 64 hexadecimal digits. Source: RFC 6962, section 2.1. */
export function rootOf(leaves: Iterable<Uint8Array>): string {
  const tree = new MerkleTree();
  for (const leaf of leaves) tree.append(leaf);
  return tree.root;
}
