import {
  decodeBundle,
  encodeBundle,
  entriesPath,
  hashBytes,
  hashesOf,
  tilePath,
  tileWidth,
  type BundleEntry,
  type Tile,
} from '@fedward/kit-merkle';
import { reasonOf } from './event.js';
import type { Findings } from './findings.js';
import type { TileFiles } from './tile-files.js';

/** The entries of a bundle as they are on disk. */
export interface StoredEntries {
  readonly entries: readonly BundleEntry[];
  readonly path: string;
  /** Why there are no more of them. */
  readonly fault?: string;
}

/** The hashes of a tile as they are on disk, hexadecimal. */
export interface StoredHashes {
  readonly hashes: readonly string[];
  readonly path: string;
}

/** A log's tiles and bundles as they are on disk, each held against the others of its place: a log that grew has several. */
export class StoredTiles {
  /** @param open whether the log goes on behind its tiles, which may be on their way to the disk */
  constructor(
    private readonly files: TileFiles,
    private readonly findings: Findings,
    private readonly open: boolean,
  ) {}

  /** The first `width` hashes of leaves of a tile; undefined where there are none, which is a fault. */
  async hashes(index: number, width: number): Promise<StoredHashes | undefined> {
    const first = index * tileWidth;
    const taken = this.files.take(tilePath(0, index));
    const primary = taken.find((file) => file.width >= width);
    if (!primary) {
      this.findings.accuse(tilePath(0, index, width), first, 0, 'the tile is missing');
      return undefined;
    }
    const bytes = await this.files.read(primary.path);
    const length = primary.width * hashBytes;
    if (bytes.length !== length)
      this.findings.accuse(primary.path, first, 0, `the tile has ${bytes.length} bytes, not ${length}`);
    for (const { path, width: narrower } of taken)
      if (path !== primary.path && !(await this.files.read(path)).equals(bytes.subarray(0, narrower * hashBytes)))
        this.findings.accuse(path, first, 0, `it differs from ${primary.path}`);
    if (primary.width > width) this.#beyond(primary.path, first + width);
    const whole = Math.floor(bytes.length / hashBytes);
    return { hashes: hashesOf(bytes, 0, Math.min(width, whole)), path: primary.path };
  }

  /** The first `width` entries of a bundle; undefined where there is none: they may have been let go. */
  async entries(index: number, width: number): Promise<StoredEntries | undefined> {
    const taken = this.files.take(entriesPath(index));
    const primary = taken.find((file) => file.width >= width);
    if (!primary) return undefined;
    const { path } = primary;
    if (primary.width > width) this.#beyond(path, index * tileWidth + width);
    const bytes = await this.files.read(path);
    try {
      const entries = decodeBundle(bytes);
      for (const other of taken)
        if (other.path !== path) await this.#compareBundle(other, entries, index, `it differs from ${path}`);
      return { entries: primary.width > width ? entries.slice(0, width) : entries, path };
    } catch (error) {
      return { entries: wholeEntries(bytes), path, fault: reasonOf(error) };
    }
  }

  /** Bundles of entries that are in the journal: they were written before a crash came. */
  async compareEntries(index: number, leaves: readonly Buffer[]): Promise<void> {
    const entries = leaves.map((bytes) => ({ bytes }));
    for (const file of this.files.take(entriesPath(index)))
      await this.#compareBundle(file, entries, index, 'its entries are not those of the journal');
  }

  async #compareBundle(
    { path, width }: { readonly path: string; readonly width: number },
    entries: readonly { readonly bytes: Buffer }[],
    index: number,
    message: string,
  ): Promise<void> {
    const part = encodeBundle(entries.slice(0, width).map(({ bytes }) => bytes));
    if (width > entries.length || !(await this.files.read(path)).equals(part))
      this.findings.accuse(path, index * tileWidth, 0, message);
  }

  /**
   * Holds the files of a tile against what it is to be.
   * @param needed whether it must be there: the tiles go that far
   * @param size of the tree
   */
  async compareTile({ level, index, width, bytes }: Tile, needed: boolean, size: number): Promise<void> {
    const taken = this.files.take(tilePath(level, index));
    const span = tileWidth ** level;
    const first = index * tileWidth * span;
    const last = Math.min(first + tileWidth * span, size) - 1;
    if (needed && !taken.some((file) => file.width >= width))
      this.findings.accuse(tilePath(level, index, width), last, 0, 'the tile is missing');
    for (const { path, width: found } of taken) {
      if (found > width && !this.open) {
        this.#beyond(path, last);
        continue;
      }
      const stored = await this.files.read(path);
      const same = bytes.subarray(0, found * hashBytes);
      if (found <= width ? stored.equals(same) : stored.subarray(0, same.length).equals(same)) continue;
      const right = hashesOf(bytes);
      const differs = hashesOf(stored).findIndex((hash, n) => hash !== right[n]);
      const at = Math.max(0, differs);
      this.findings.dispute({ file: path, index: Math.min(last, first + at * span), byteOffset: at * hashBytes });
    }
  }

  /** A tile that is wider than the log is long belongs to a log that is being closed, or to none. */
  #beyond(path: string, index: number): void {
    if (!this.open) this.findings.accuse(path, index, 0, 'it goes beyond the end of the log');
  }

  /** Files that no log has, and those that nobody has asked for. */
  nameStrangers(): void {
    for (const file of [...this.files.strange, ...this.files.left()])
      this.findings.add({ file, line: 1, byteOffset: 0, message: 'the file does not belong to the log' });
  }
}

/** The entries of a bundle before the one that is cut off. */
function wholeEntries(bytes: Buffer): BundleEntry[] {
  for (let most = tileWidth; ; most--)
    try {
      return decodeBundle(bytes, most);
    } catch {
      // one fewer, then
    }
}
