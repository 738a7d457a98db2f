import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyRoot, leafHash, MerkleTree, nodeHash, rootOf } from './merkle.js';

// The eight leaves of the test vectors of certificate-transparency-go and transparency-dev/merkle, and the roots
// over the first 0 to 8 of them.
const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const bytesOf = (hex: string): Buffer => Buffer.from(hex, 'hex');

/** MTH as RFC 6962, section 2.1, writes it down: recursive, without any state. */
function definition(tree: readonly Uint8Array[]): Buffer {
  const hash = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
  if (tree.length === 0) return hash();
  if (tree.length === 1) return hash(Uint8Array.of(0), tree[0]!);
  const k = 2 ** Math.floor(Math.log2(tree.length - 1));
  return hash(Uint8Array.of(1), definition(tree.slice(0, k)), definition(tree.slice(k)));
}

describe('MerkleTree', () => {
  it('has the published root after each of the published leaves', () => {
    const tree = new MerkleTree();
    expect([tree.size, tree.root]).toEqual([0, roots[0]]);
    leaves.forEach((leaf, n) => {
      tree.append(bytesOf(leaf));
      expect([tree.size, tree.root]).toEqual([n + 1, roots[n + 1]]);
    });
  });

  it('is the tree that the RFC defines, for any leaves', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 70 }), (some) => {
        expect(rootOf(some)).toBe(definition(some).toString('hex'));
      }),
    );
  });

  it('changes its root with any bit of any leaf, and with their order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 20 }),
        fc.nat(),
        fc.nat(),
        (some, which, bit) => {
          const changed = some.map((leaf) => Uint8Array.from(leaf));
          const leaf = changed[which % changed.length]!;
          leaf[bit % leaf.length]! ^= 1 << (bit % 8);
          expect(rootOf(changed)).not.toBe(rootOf(some));
        },
      ),
    );
    const [a, b] = [bytesOf('01'), bytesOf('02')];
    expect(rootOf([a, b])).not.toBe(rootOf([b, a]));
  });

  it('tells a leaf from a node with the same bytes', () => {
    const [left, right] = [leafHash(bytesOf('01')), leafHash(bytesOf('02'))];
    expect(leafHash(bytesOf(left + right))).not.toBe(nodeHash(left, right));
  });

  it('takes leaf hashes in place of leaves', () => {
    const tree = new MerkleTree();
    for (const leaf of leaves) tree.appendHash(leafHash(bytesOf(leaf)));
    expect(tree.root).toBe(roots[8]);
    expect(rootOf([])).toBe(emptyRoot);
  });
});

const data = process.env['FEDWARD_DATA'];
describe.skipIf(!data)('the reference vectors (needs FEDWARD_DATA)', () => {
  it('are those written down here', () => {
    const vectors = JSON.parse(readFileSync(join(data!, '..', 'reference', 'rfc6962.json'), 'utf8')) as {
      leaves: string[];
      roots: Record<string, string>;
    };
    expect(vectors.leaves).toEqual(leaves);
    for (const [size, root] of Object.entries(vectors.roots))
      expect(rootOf(vectors.leaves.slice(0, Number(size)).map(bytesOf))).toBe(root);
    expect(Object.keys(vectors.roots)).toHaveLength(9);
  });
});
