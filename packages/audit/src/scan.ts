import type { AuditEvent } from '@fedward/core';
import {
  decodeBundle,
  emptyRoot,
  encodeBundle,
  entriesPath,
  hashesOf,
  leafHash,
  MerkleTree,
  tilePath,
  TileTree,
  tileWidth,
  type BundleEntry,
  type Tile,
} from '@fedward/kit-merkle';
import { asidePath, eventOf } from './aside.js';
import { decodeLeaf, type AuditEntry, type Leaf } from './entry.js';
import { reasonOf } from './event.js';
import { maxFaults, type AuditFault } from './fault.js';
import type { LogPaths } from './files.js';
import { LogKeys } from './keys.js';
import { headFault, type Noted, type Snapshot } from './snapshot.js';
import { TileFiles } from './tile-files.js';

/** Of `scanLog`. */
export interface ScanOptions {
  /** Called with each entry that can be read, in order. */
  readonly onEntry?: (entry: AuditEntry) => void;
  /** Called after each leaf that the tree has got. */
  readonly onLeaf?: (tree: MerkleTree) => void;
  /** Sizes of which the root is wanted. */
  readonly sizes?: Iterable<number>;
}

/** What a pass over a log has found. */
export interface Scan {
  readonly tree: MerkleTree;
  readonly tiles: TileTree;
  /** The leaves behind the last full bundle that is in tiles: what a writer goes on with. */
  readonly open: readonly Buffer[];
  /** Tiles that are full and were made of entries of the journal. */
  readonly unwritten: readonly Tile[];
  /** Roots of the sizes that were wanted and reached. */
  readonly roots: ReadonlyMap<number, string>;
  readonly keys: LogKeys;
  readonly prunedBelow: number;
  readonly faults: readonly AuditFault[];
}

/** A hash that is not what its neighbours say: whose fault that is the head tells. */
interface Dispute {
  readonly asEntry?: AuditFault;
  readonly asTile: AuditFault;
}

/**
 * Reads all of a log once, bundle by bundle, and finds what is not as it was written. Memory: O(log n), and the journal.
 *
 * What is certain is the root, which the head's signature vouches for. Entries that have it are right, whatever the tiles
 * say; tiles that have it are right where entries have not. Files that no log has, or that go beyond its head, are named too.
 */
export async function scanLog(paths: LogPaths, snapshot: Snapshot, options: ScanOptions = {}): Promise<Scan> {
  const files = await TileFiles.in(paths.directory);
  const scan = new Scanner(paths, snapshot, files, options);
  await scan.readTiles();
  const open = [...scan.open];
  await scan.readJournal();
  await scan.conclude();
  return {
    tree: scan.tree,
    tiles: scan.tiles,
    open: [...open, ...(snapshot.journal?.leaves ?? []).map(({ value }) => value)],
    unwritten: scan.unwritten,
    roots: scan.roots,
    keys: scan.keys,
    prunedBelow: scan.prunedBelow,
    faults: scan.faults.sort((a, b) => (a.index ?? Infinity) - (b.index ?? Infinity)),
  };
}

class Scanner {
  readonly tree = new MerkleTree();
  readonly tiles = new TileTree();
  readonly keys = new LogKeys();
  readonly roots = new Map<number, string>([[0, emptyRoot]]);
  readonly faults: AuditFault[] = [];
  readonly unwritten: Tile[] = [];
  prunedBelow = 0;
  /** Leaves of the bundle that is not full yet. */
  open: Buffer[] = [];
  readonly #sizes: Set<number>;
  readonly #disputes: Dispute[] = [];
  /** Bundles that are not there. */
  readonly #missing: number[] = [];

  constructor(
    private readonly paths: LogPaths,
    private readonly snapshot: Snapshot,
    private readonly files: TileFiles,
    private readonly options: ScanOptions,
  ) {
    const { base, head, checkpoint, journal } = snapshot;
    const commits = (journal?.commits ?? []).map(({ count }) => base.size + count);
    this.#sizes = new Set([...(options.sizes ?? []), base.size, head.size, checkpoint?.size ?? 0, ...commits]);
  }

  /** The entries that are in tiles. */
  async readTiles(): Promise<void> {
    const { size } = this.snapshot.base;
    for (let bundle = 0; bundle * tileWidth < size && this.faults.length < maxFaults; bundle++)
      await this.#readBundle(bundle, Math.min(tileWidth, size - bundle * tileWidth));
    await this.#compareEdge(true);
  }

  async #readBundle(bundle: number, width: number): Promise<void> {
    const first = bundle * tileWidth;
    const stored = await this.#storedHashes(bundle, width);
    const found = await this.#storedEntries(bundle, width);
    this.open = [];
    if (found === undefined) this.#missing.push(bundle);
    const hashes = found?.entries.map(({ bytes }) => leafHash(bytes)) ?? stored?.hashes ?? [];
    const whole = hashes.length === width && found?.fault === undefined;
    if (found && !whole) {
      const same = hashes.findIndex((hash, n) => hash !== stored?.hashes[n]);
      const at = Math.min(same < 0 ? hashes.length : same, width - 1);
      const message =
        found.fault ?? `the bundle has ${hashes.length} entries, not ${width}: some were added or taken out`;
      this.#accuse(found.path, first + at, found.entries[at]?.offset ?? 0, message);
    }
    const taken = whole ? hashes : (stored?.hashes ?? hashes);
    let inOrder = true;
    for (let n = 0; n < width; n++) {
      const entry = found?.entries[n];
      const hash = taken[n] ?? emptyRoot;
      if (whole && entry) {
        inOrder = (await this.#readEntry(entry, found.path, first + n, hash, inOrder)) && inOrder;
        if (stored && stored.hashes[n] !== hash)
          this.#dispute(stored.path, n, first + n, inOrder ? found.path : undefined, entry);
      }
      await this.#grow(hash, true);
    }
    if (width < tileWidth && found) this.open = found.entries.map(({ bytes }) => bytes);
  }

  async #storedHashes(index: number, width: number): Promise<{ hashes: string[]; path: string } | undefined> {
    const full = tilePath(0, index);
    const taken = this.files.take(full);
    const primary = taken.find((file) => file.width >= width);
    if (!primary) {
      this.#accuse(tilePath(0, index, width), index * tileWidth, 0, 'the tile is missing');
      return undefined;
    }
    const bytes = await this.files.read(primary.path);
    if (bytes.length !== primary.width * 32)
      this.#accuse(primary.path, index * tileWidth, 0, `the tile has ${bytes.length} bytes, not ${primary.width * 32}`);
    for (const { path, width: narrower } of taken)
      if (path !== primary.path && !(await this.files.read(path)).equals(bytes.subarray(0, narrower * 32)))
        this.#accuse(path, index * tileWidth, 0, `it differs from ${primary.path}`);
    if (primary.width > width) this.#beyond(primary.path, index * tileWidth + width);
    return { hashes: hashesOf(bytes, 0, Math.min(width, Math.floor(bytes.length / 32))), path: primary.path };
  }

  async #storedEntries(
    index: number,
    width: number,
  ): Promise<{ entries: BundleEntry[]; path: string; fault?: string } | undefined> {
    const taken = this.files.take(entriesPath(index));
    const primary = taken.find((file) => file.width >= width);
    if (!primary) return undefined;
    const { path } = primary;
    if (primary.width > width) this.#beyond(path, index * tileWidth + width);
    const bytes = await this.files.read(path);
    try {
      const entries = decodeBundle(bytes);
      for (const narrower of taken) {
        if (narrower.path === path) continue;
        const part = encodeBundle(entries.slice(0, narrower.width).map((entry) => entry.bytes));
        if (!(await this.files.read(narrower.path)).equals(part))
          this.#accuse(narrower.path, index * tileWidth, 0, `it differs from ${path}`);
      }
      return { entries: primary.width > width ? entries.slice(0, width) : entries, path };
    } catch (error) {
      return { entries: wholeEntries(bytes), path, fault: reasonOf(error) };
    }
  }

  /** A tile that is wider than the log is long belongs to a log that is being closed, or to none. */
  #beyond(path: string, index: number): void {
    if (!this.snapshot.journal) this.#accuse(path, index, 0, 'it goes beyond the end of the log');
  }

  /** The entries that are in the journal alone. */
  async readJournal(): Promise<void> {
    const { journal, base, length } = this.snapshot;
    if (!journal) return;
    const next = journal.commits.values();
    let commit = next.next().value;
    for (const [n, { value, offset }] of journal.leaves.entries()) {
      if (this.faults.length >= maxFaults) return;
      const index = base.size + n;
      const hash = leafHash(value);
      await this.#readEntry({ bytes: value, offset }, 'journal', index, hash, true);
      await this.#grow(hash, false);
      this.open.push(value);
      if (this.open.length === tileWidth) await this.#compareOpenBundle();
      for (; commit?.count === n + 1; commit = next.next().value) this.#checkCommit(commit, index);
    }
    if (this.open.length > 0) await this.#compareOpenBundle();
    await this.#compareEdge(false);
    if (journal.behind !== 'nothing')
      this.#accuse(
        'journal',
        this.tree.size,
        journal.end,
        `${length - journal.end} bytes behind the last checkpoint: ` +
          (journal.behind === 'changed'
            ? 'an entry was changed, and whole ones follow'
            : 'they were added, or a writer was stopped while writing them (opening the log then sets them aside)'),
      );
  }

  #checkCommit({ value, offset }: { readonly value: string; readonly offset: number }, index: number): void {
    const end = value.split('\n', 3).slice(1).join('\n');
    const { size, root } = this.tree;
    if (end !== `${size}\n${Buffer.from(root, 'hex').toString('base64')}` && this.faults.length === 0)
      this.#accuse(
        'journal',
        index,
        offset,
        'the entries before this checkpoint are not the ones that it was written for',
      );
  }

  /** Bundles that were written before a crash came are in the journal too. */
  async #compareOpenBundle(): Promise<void> {
    const index = Math.ceil(this.tree.size / tileWidth) - 1;
    for (const { path, width } of this.files.take(entriesPath(index))) {
      const part = encodeBundle(this.open.slice(0, width));
      if (width > this.open.length || !(await this.files.read(path)).equals(part))
        this.#accuse(path, index * tileWidth, 0, 'its entries are not those of the journal');
    }
    if (this.open.length === tileWidth) this.open = [];
  }

  /** @returns whether the entry is where it belongs */
  async #readEntry(
    { bytes, offset }: BundleEntry,
    path: string,
    index: number,
    hash: string,
    inOrder: boolean,
  ): Promise<boolean> {
    let leaf: Leaf;
    try {
      leaf = decodeLeaf(bytes);
    } catch (error) {
      this.#accuse(path, index, offset, `not an audit entry: ${reasonOf(error)}`);
      return inOrder;
    }
    if (leaf.index !== index) {
      if (inOrder)
        this.#accuse(
          path,
          index,
          offset,
          `entry ${leaf.index} is in the place of entry ${index}: entries were moved, added or taken out`,
        );
      return false;
    }
    let event: AuditEvent = leaf.event;
    try {
      if (leaf.aside) event = await eventOf(this.paths.directory, leaf);
    } catch (error) {
      this.#accuse(asidePath(leaf.aside!.sha256), index, 0, reasonOf(error));
    }
    const wrong = this.keys.see({ event, index });
    if (wrong !== undefined) this.#accuse(path, index, offset, wrong);
    if (event.type === 'log-pruned')
      this.prunedBelow = Math.max(this.prunedBelow, Number(event.details['entries']) || 0);
    this.options.onEntry?.({ event, index, hash });
    return inOrder;
  }

  async #grow(hash: string, needed: boolean): Promise<void> {
    this.tree.appendHash(hash);
    const { size } = this.tree;
    if (this.#sizes.has(size)) this.roots.set(size, this.tree.root);
    this.options.onLeaf?.(this.tree);
    for (const tile of this.tiles.append(hash)) {
      if (!needed) this.unwritten.push(tile);
      if (!needed || tile.level > 0) await this.#compareTile(tile, needed);
    }
  }

  async #compareEdge(needed: boolean): Promise<void> {
    for (const tile of this.tiles.partial()) if (!needed || tile.level > 0) await this.#compareTile(tile, needed);
  }

  /** @param needed whether it must be there: the tiles go that far */
  async #compareTile(tile: Tile, needed: boolean): Promise<void> {
    const { level, index, width, bytes } = tile;
    const taken = this.files.take(tilePath(level, index));
    const last = Math.min((index + 1) * tileWidth ** (level + 1), this.tree.size) - 1;
    if (needed && !taken.some((file) => file.width >= width))
      this.#accuse(tilePath(level, index, width), last, 0, 'the tile is missing');
    for (const { path, width: found } of taken) {
      if (found > width) this.#beyond(path, last);
      const stored = await this.files.read(path);
      const same = bytes.subarray(0, found * 32);
      if (found <= width ? stored.equals(same) : stored.subarray(0, same.length).equals(same)) continue;
      const at = Math.max(
        0,
        hashesOf(stored).findIndex((hash, n) => hash !== hashesOf(bytes)[n]),
      );
      this.#dispute(path, at, Math.min(last, index * tileWidth ** (level + 1) + at * tileWidth ** level));
    }
  }

  #dispute(tile: string, at: number, index: number, entries?: string, entry?: BundleEntry): void {
    if (this.#disputes.length >= maxFaults) return;
    const asTile = fault(tile, index, at * 32, 'this hash is not that of what is below it');
    const changed = 'this is not the entry that was written: its hash is another';
    const asEntry = entries && entry && { asEntry: fault(entries, index, entry.offset, changed) };
    this.#disputes.push({ asTile, ...asEntry });
  }

  /** Whose fault it is where hashes differ, and whether all fits the head. */
  async conclude(): Promise<void> {
    const { head, checkpoint, base, journal } = this.snapshot;
    for (const bundle of this.#missing)
      if ((bundle + 1) * tileWidth > this.prunedBelow)
        this.#accuse(
          entriesPath(bundle),
          bundle * tileWidth,
          0,
          'the entries are missing, and no entry says that they were let go',
        );
    for (const path of [...this.files.strange, ...this.files.left()])
      this.faults.push({ file: path, line: 1, byteOffset: 0, message: 'the file does not belong to the log' });
    if (this.faults.length >= maxFaults) return;

    const entriesAreRight = this.tree.size === head.size && this.tree.root === head.root;
    const known = new Set(this.faults.map(({ index }) => index));
    for (const { asEntry, asTile } of this.#disputes) {
      const blamed = entriesAreRight || !asEntry ? asTile : asEntry;
      if (!known.has(blamed.index)) this.faults.push(blamed);
      known.add(blamed.index);
    }
    if (this.faults.length > 0) return;
    const last = journal?.commits.at(-1)?.offset ?? 0;
    if (!entriesAreRight) {
      const message = `it does not fit the log, of which it says ${head.size} entries and root ${head.root}`;
      this.faults.push(journal ? fault('journal', head.size, last, message) : headFault(message));
      return;
    }
    this.#checkHeads(base, checkpoint);
  }

  #checkHeads(base: Noted, checkpoint: Noted | undefined): void {
    const { journal, head } = this.snapshot;
    const wrong = (note: Noted): string | undefined => {
      if (this.roots.get(note.size) !== note.root)
        return `it does not fit the log, of which it says ${note.size} entries and root ${note.root}`;
      if (note.origin !== head.origin && note.note.includes('\n\n')) return `it is of another log: ${note.origin}`;
      return this.keys.faultOf(note);
    };
    if (!checkpoint && base.size > 0) this.faults.push(headFault('the file is missing'));
    if (checkpoint && checkpoint.size < base.size) this.faults.push(headFault('it is older than the journal'));
    const message = checkpoint && wrong(checkpoint);
    if (message !== undefined) this.faults.push(headFault(message));
    if (!journal) return;
    const why = wrong(base);
    if (why !== undefined) this.#accuse('journal', base.size, 0, why);
    for (const { value, offset, count } of journal.commits) {
      const text = value.split('\n');
      const size = base.size + count;
      const note = { note: value, origin: text[0]!, size, root: this.roots.get(size) ?? '' };
      const reason = wrong(note);
      if (reason !== undefined) this.#accuse('journal', size - 1, offset, reason);
    }
  }

  #accuse(file: string, index: number, byteOffset: number, message: string): void {
    if (this.faults.length < maxFaults) this.faults.push(fault(file, index, byteOffset, message));
  }
}

function fault(file: string, index: number, byteOffset: number, message: string): AuditFault {
  return { file, line: index + 1, byteOffset, index, message };
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
