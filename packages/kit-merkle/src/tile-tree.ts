import { nodeHash } from './merkle.js';
import { hashBytes, tileWidth, type TilePlace } from './tiles.js';

/** A tile with its content: the hashes one behind the other. */
export interface Tile extends TilePlace {
  readonly bytes: Buffer;
}

/** Root of a perfect tree over these hashes, a power of two of them (RFC 6962, section 2.1), hexadecimal. */
export function rootOfRow(hashes: readonly string[]): string {
  let row = hashes;
  while (row.length > 1) row = Array.from({ length: row.length / 2 }, (_, n) => nodeHash(row[2 * n]!, row[2 * n + 1]!));
  return row[0]!;
}

/** Hashes `from` to `to` of a tile, hexadecimal. */
export function hashesOf(bytes: Buffer, from = 0, to = bytes.length / hashBytes): string[] {
  const hashes: string[] = [];
  for (let n = from; n < to; n++) hashes.push(bytes.toString('hex', n * hashBytes, (n + 1) * hashBytes));
  return hashes;
}

/**
 * The tiles of a tree that only grows, as they come to be. Memory: at most one tile for each level.
 * Source: C2SP tlog-tiles.
 */
export class TileTree {
  /** The hashes of each level behind its last full tile. */
  readonly #rows: string[][] = [];
  #size = 0;

  /**
   * @param partial the tiles at the right edge of a tree of `size`, as `partialTiles` names them
   */
  static from(size: number, partial: readonly Tile[]): TileTree {
    const tree = new TileTree();
    tree.#size = size;
    for (const { level, bytes, width } of partial) {
      while (tree.#rows.length <= level) tree.#rows.push([]);
      tree.#rows[level] = hashesOf(bytes, 0, width);
    }
    return tree;
  }

  get size(): number {
    return this.#size;
  }

  /** @param hash of the next leaf, hexadecimal @returns the tiles that it fills, lowest level first */
  append(hash: string): Tile[] {
    const full: Tile[] = [];
    this.#size += 1;
    let index = this.#size / tileWidth - 1;
    for (let level = 0, carried = hash; ; level++) {
      const row = (this.#rows[level] ??= []);
      row.push(carried);
      if (row.length < tileWidth) return full;
      full.push({ level, index, width: tileWidth, bytes: bytesOf(row) });
      carried = rootOfRow(row);
      this.#rows[level] = [];
      index = (index + 1) / tileWidth - 1;
    }
  }

  /** The tiles at the right edge that are not full, lowest level first. */
  partial(): Tile[] {
    return this.#rows.flatMap((row, level) =>
      row.length === 0 ? [] : [{ level, index: this.#fullTiles(level), width: row.length, bytes: bytesOf(row) }],
    );
  }

  /** The hashes of such a tile, hexadecimal; undefined for one that is not at the right edge. */
  row(level: number, index: number): readonly string[] | undefined {
    return index === this.#fullTiles(level) ? this.#rows[level] : undefined;
  }

  #fullTiles(level: number): number {
    return Math.floor(this.#size / tileWidth ** (level + 1));
  }
}

function bytesOf(hashes: readonly string[]): Buffer {
  return Buffer.from(hashes.join(''), 'hex');
}
