import {
  encodeBundle,
  entriesPath,
  hashesOf,
  partialTiles,
  tilePath,
  tileWidth,
  type Tile,
  type TileTree,
} from '@fedward/kit-merkle';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFiles, type FileToWrite } from './files.js';
import { readTile } from './tile-files.js';

/** The tiles of a log that is open: on disk, on their way there, and at the right edge of the tree. */
export class WriterTiles {
  readonly #directory: string;
  readonly #tree: TileTree;
  /** Full tiles that are not on disk yet, by their paths, with the size at which they were full. */
  readonly #full = new Map<string, { readonly tile: Tile; readonly end: number }>();
  /** Leaves behind the last bundle that is on disk and full, and the index of the first of them. */
  #leaves: Buffer[];
  #first: number;

  /**
   * @param tree as far as the leaves go
   * @param leaves those behind its last full bundle that is on disk
   */
  constructor(directory: string, tree: TileTree, leaves: readonly Buffer[]) {
    this.#directory = directory;
    this.#tree = tree;
    this.#leaves = [...leaves];
    this.#first = tree.size - leaves.length;
  }

  /** The index of the first leaf that is not in a full bundle on disk. */
  get first(): number {
    return this.#first;
  }

  append(leaf: Buffer, hash: string): void {
    this.#leaves.push(leaf);
    this.keep(this.#tree.append(hash));
  }

  /** Takes tiles that are full and may not be on disk. */
  keep(tiles: readonly Tile[]): void {
    for (const tile of tiles)
      this.#full.set(tilePath(tile.level, tile.index), { tile, end: (tile.index + 1) * tileWidth ** (tile.level + 1) });
  }

  /** The bytes of a leaf; undefined for one that is in a full bundle on disk. */
  leaf(index: number): Buffer | undefined {
    return this.#leaves[index - this.#first];
  }

  leaves(from: number, to: number): Buffer[] {
    return this.#leaves.slice(from - this.#first, to - this.#first);
  }

  /** As `ReadTile` of kit-merkle. */
  async read(level: number, index: number, width: number): Promise<readonly string[] | undefined> {
    const row = this.#tree.row(level, index);
    if (row && row.length >= width) return row;
    const full = this.#full.get(tilePath(level, index));
    return full ? hashesOf(full.tile.bytes, 0, width) : readTile(this.#directory, level, index, width);
  }

  /**
   * Writes all bundles and tiles of a tree of this size that are not on disk, so that any reader of tlog-tiles finds them.
   * @throws {FedwardError} AUDIT_FAILED
   */
  async write(size: number, lasting: boolean): Promise<void> {
    const files: FileToWrite[] = [];
    const add = (path: string, bytes: Uint8Array) => files.push({ path: join(this.#directory, path), bytes });
    for (let from = this.#first; from < size; from += tileWidth) {
      const entries = this.leaves(from, Math.min(size, from + tileWidth));
      add(entriesPath(from / tileWidth, entries.length), encodeBundle(entries));
    }
    for (const [path, { tile, end }] of this.#full) if (end <= size) add(path, tile.bytes);
    for (const { level, index, width } of partialTiles(size)) {
      const hashes = (await this.read(level, index, width))!.slice(0, width);
      add(tilePath(level, index, width), Buffer.from(hashes.join(''), 'hex'));
    }
    await replaceFiles(files, lasting);
  }

  /** Lets go of what `write` has put on disk, and of the parts of tiles that are full there. */
  async forget(size: number): Promise<void> {
    const full: string[] = [];
    for (let from = this.#first; from + tileWidth <= size; from += tileWidth) full.push(entriesPath(from / tileWidth));
    for (const [path, { end }] of this.#full)
      if (end <= size) {
        full.push(path);
        this.#full.delete(path);
      }
    const first = size - (size % tileWidth);
    this.#leaves = this.#leaves.slice(first - this.#first);
    this.#first = first;
    for (const path of full) await rm(join(this.#directory, `${path}.p`), { recursive: true, force: true });
  }
}
