import { assertInteger, FedwardError } from '@fedward/core';
import { nodeHash } from './merkle.js';
import { rootOfRow } from './tile-tree.js';
import { tileWidth } from './tiles.js';

/**
 * Hashes of a tile, hexadecimal.
 * @param width at least so many are needed, from the first on
 * @returns so many or more; undefined where there is no such tile, or not so much of it
 */
export type ReadTile = (
  level: number,
  index: number,
  width: number,
) => Promise<readonly string[] | undefined> | readonly string[] | undefined;

/** Leaves `from` up to `to`: a subtree of RFC 6962's recursion, so that `from` is where a perfect tree of its size begins. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * As `inclusionProof`, from tiles: O(log size) of them are read. Source: RFC 6962, section 2.1.1.
 * @throws {FedwardError} ARGUMENT_INVALID for an index that is not in the tree; FILE_NOT_FOUND for a tile that is missing
 */
export async function inclusionProofFrom(read: ReadTile, index: number, size: number): Promise<string[]> {
  assertInteger('index', index, 0, size - 1);
  const ranges: Range[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const split = from + splitOf(to - from);
    if (index < split) {
      ranges.unshift({ from: split, to });
      to = split;
    } else {
      ranges.unshift({ from, to: split });
      from = split;
    }
  }
  return hashesOfRanges(read, ranges);
}

/**
 * As `consistencyProof`, from tiles: O(log size) of them are read. Source: RFC 6962, section 2.1.2.
 * @throws {FedwardError} ARGUMENT_INVALID for a size that the tree never had; FILE_NOT_FOUND for a tile that is missing
 */
export async function consistencyProofFrom(read: ReadTile, firstSize: number, secondSize: number): Promise<string[]> {
  assertInteger('firstSize', firstSize, 1, secondSize);
  const ranges: Range[] = [];
  let [from, to, whole] = [0, secondSize, true];
  while (firstSize !== to) {
    const split = from + splitOf(to - from);
    if (firstSize <= split) {
      ranges.unshift({ from: split, to });
      to = split;
    } else {
      ranges.unshift({ from, to: split });
      from = split;
      whole = false;
    }
  }
  if (!whole) ranges.unshift({ from, to });
  return hashesOfRanges(read, ranges);
}

/** Root over the first `size` leaves of a tree whose tiles are read. @throws {FedwardError} FILE_NOT_FOUND */
export async function rootFrom(read: ReadTile, size: number): Promise<string> {
  assertInteger('size', size, 1, Number.MAX_SAFE_INTEGER);
  return hashOf(read, { from: 0, to: size });
}

async function hashesOfRanges(read: ReadTile, ranges: readonly Range[]): Promise<string[]> {
  const hashes: string[] = [];
  for (const range of ranges) hashes.push(await hashOf(read, range));
  return hashes;
}

/** MTH(D[from:to]) of RFC 6962. */
async function hashOf(read: ReadTile, { from, to }: Range): Promise<string> {
  const peaks: string[] = [];
  for (let at = from; at < to;) {
    let height = 0;
    while (at + 2 ** (height + 1) <= to && height < 48) height += 1;
    peaks.push(await perfect(read, at, height));
    at += 2 ** height;
  }
  return peaks.reduceRight((right, left) => nodeHash(left, right));
}

/** Root of the perfect tree of 2^height leaves that begins at leaf `from`: part of one tile, of the level below it. */
async function perfect(read: ReadTile, from: number, height: number): Promise<string> {
  const level = Math.floor(height / 8);
  const count = 2 ** (height % 8);
  const first = from / 256 ** level;
  const index = Math.floor(first / tileWidth);
  const offset = first % tileWidth;
  const hashes = await read(level, index, offset + count);
  if (hashes === undefined || hashes.length < offset + count)
    throw new FedwardError(
      'FILE_NOT_FOUND',
      `tile ${index} of level ${level} with ${offset + count} hashes is missing`,
    );
  return rootOfRow(hashes.slice(offset, offset + count));
}

/** The largest power of two below `size` (>= 2): where RFC 6962 parts a tree. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}
