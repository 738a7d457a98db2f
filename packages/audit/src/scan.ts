import type { AuditEvent } from '@fedward/core';
import {
  emptyRoot,
  entriesPath,
  hashBytes,
  leafHash,
  MerkleTree,
  TileTree,
  tileWidth,
  type Tile,
} from '@fedward/kit-merkle';
import { asidePath, eventOf } from './aside.js';
import { decodeLeaf, type AuditEntry, type Leaf } from './entry.js';
import { reasonOf } from './event.js';
import type { AuditFault } from './fault.js';
import type { LogPaths } from './files.js';
import { Findings, type Place } from './findings.js';
import { faultsOfHeads, misfit } from './heads.js';
import { LogKeys } from './keys.js';
import { headFault, type Snapshot } from './snapshot.js';
import { StoredTiles } from './stored.js';
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
  scan.conclude();
  return {
    tree: scan.tree,
    tiles: scan.tiles,
    open: [...open, ...(snapshot.journal?.leaves ?? []).map(({ value }) => value)],
    unwritten: scan.unwritten,
    roots: scan.roots,
    keys: scan.keys,
    prunedBelow: scan.prunedBelow,
    faults: scan.findings.inOrder(),
  };
}

class Scanner {
  readonly tree = new MerkleTree();
  readonly tiles = new TileTree();
  readonly keys = new LogKeys();
  readonly roots = new Map<number, string>([[0, emptyRoot]]);
  readonly findings = new Findings();
  readonly unwritten: Tile[] = [];
  prunedBelow = 0;
  /** Leaves of the bundle that is not full yet. */
  open: Buffer[] = [];
  readonly #stored: StoredTiles;
  readonly #sizes: ReadonlySet<number>;
  /** Bundles that are not there. */
  readonly #missing: number[] = [];

  constructor(
    private readonly paths: LogPaths,
    private readonly snapshot: Snapshot,
    files: TileFiles,
    private readonly options: ScanOptions,
  ) {
    const { base, head, checkpoint, journal } = snapshot;
    const commits = (journal?.commits ?? []).map(({ count }) => base.size + count);
    this.#sizes = new Set([...(options.sizes ?? []), base.size, head.size, checkpoint?.size ?? 0, ...commits]);
    this.#stored = new StoredTiles(files, this.findings, journal !== undefined);
  }

  /** The entries that are in tiles. */
  async readTiles(): Promise<void> {
    const { size } = this.snapshot.base;
    for (let bundle = 0; bundle * tileWidth < size && !this.findings.enough; bundle++)
      await this.#readBundle(bundle, Math.min(tileWidth, size - bundle * tileWidth));
    // Those of leaves were looked at entry by entry.
    for (const tile of this.tiles.partial())
      if (tile.level > 0) await this.#stored.compareTile(tile, true, this.tree.size);
  }

  async #readBundle(bundle: number, width: number): Promise<void> {
    const first = bundle * tileWidth;
    const stored = await this.#stored.hashes(bundle, width);
    const found = await this.#stored.entries(bundle, width);
    if (found === undefined) this.#missing.push(bundle);
    const hashes = found?.entries.map(({ bytes }) => leafHash(bytes)) ?? stored?.hashes ?? [];
    const whole = hashes.length === width && found?.fault === undefined;
    if (found && !whole) {
      const same = hashes.findIndex((hash, n) => hash !== stored?.hashes[n]);
      const at = Math.min(same < 0 ? hashes.length : same, width - 1);
      const count = `the bundle has ${hashes.length} entries, not ${width}: some were added or taken out`;
      this.findings.accuse(found.path, first + at, found.entries[at]?.offset ?? 0, found.fault ?? count);
    }
    const taken = whole ? hashes : (stored?.hashes ?? hashes);
    let inOrder = true;
    for (let n = 0; n < width; n++) {
      const entry = found?.entries[n];
      const index = first + n;
      const hash = taken[n] ?? emptyRoot;
      if (whole && entry) {
        const place = { file: found.path, index, byteOffset: entry.offset };
        const leaf = this.#decoded(entry.bytes, place, inOrder);
        if (leaf === 'elsewhere') inOrder = false;
        // Waiting for each would cost as much as its hash.
        else if (leaf) this.#take(leaf.aside ? await this.#withDetails(leaf) : leaf.event, place, hash);
        if (stored && stored.hashes[n] !== hash)
          this.findings.dispute({ file: stored.path, index, byteOffset: n * hashBytes }, inOrder ? place : undefined);
      }
      for (const tile of this.#grow(hash))
        if (tile.level > 0) await this.#stored.compareTile(tile, true, this.tree.size);
    }
    this.open = width < tileWidth && found ? found.entries.map(({ bytes }) => bytes) : [];
  }

  /** The entries that are in the journal alone. */
  async readJournal(): Promise<void> {
    const { journal, base, length } = this.snapshot;
    if (!journal) return;
    const next = journal.commits.values();
    let commit = next.next().value;
    for (const [n, { value, offset }] of journal.leaves.entries()) {
      if (this.findings.enough) return;
      const index = base.size + n;
      const hash = leafHash(value);
      const place = { file: 'journal', index, byteOffset: offset };
      const leaf = this.#decoded(value, place, true);
      if (typeof leaf === 'object') this.#take(leaf.aside ? await this.#withDetails(leaf) : leaf.event, place, hash);
      for (const tile of this.#grow(hash)) {
        this.unwritten.push(tile);
        await this.#stored.compareTile(tile, false, this.tree.size);
      }
      this.open.push(value);
      if (this.open.length === tileWidth) await this.#compareOpen();
      for (; commit?.count === n + 1; commit = next.next().value) this.#checkCommit(commit, index);
    }
    if (this.open.length > 0) await this.#compareOpen();
    for (const tile of this.tiles.partial()) await this.#stored.compareTile(tile, false, this.tree.size);
    if (journal.behind === 'nothing') return;
    const why =
      journal.behind === 'changed'
        ? 'an entry was changed, and whole ones follow'
        : 'they were added, or a writer was stopped while writing them (opening the log then sets them aside)';
    const bytes = `${length - journal.end} bytes behind the last checkpoint`;
    this.findings.accuse('journal', this.tree.size, journal.end, `${bytes}: ${why}`);
  }

  async #compareOpen(): Promise<void> {
    await this.#stored.compareEntries(Math.ceil(this.tree.size / tileWidth) - 1, this.open);
    if (this.open.length === tileWidth) this.open = [];
  }

  #checkCommit({ value, offset }: { readonly value: string; readonly offset: number }, index: number): void {
    const [, said, encoded] = value.split('\n', 3);
    const { size, root } = this.tree;
    if (this.findings.any || (said === String(size) && encoded === Buffer.from(root, 'hex').toString('base64'))) return;
    const message = 'the entries before this checkpoint are not the ones that it was written for';
    this.findings.accuse('journal', index, offset, message);
  }

  /** @returns the leaf; whether it belongs elsewhere; or nothing where it is none @param inOrder whether those before it are */
  #decoded(bytes: Buffer, { file, index, byteOffset }: Place, inOrder: boolean): Leaf | 'elsewhere' | undefined {
    try {
      const leaf = decodeLeaf(bytes);
      if (leaf.index === index) return leaf;
      const moved = `entry ${leaf.index} is in the place of entry ${index}: entries were moved, added or taken out`;
      if (inOrder) this.findings.accuse(file, index, byteOffset, moved); // of what follows in the same bundle it is the cause
      return 'elsewhere';
    } catch (error) {
      this.findings.accuse(file, index, byteOffset, `not an audit entry: ${reasonOf(error)}`);
      return undefined;
    }
  }

  async #withDetails(leaf: Leaf): Promise<AuditEvent> {
    try {
      return await eventOf(this.paths.directory, leaf);
    } catch (error) {
      this.findings.accuse(asidePath(leaf.aside!.sha256), leaf.index, 0, reasonOf(error));
      return leaf.event;
    }
  }

  #take(event: AuditEvent, { file, index, byteOffset }: Place, hash: string): void {
    const wrong = this.keys.see({ event, index });
    if (wrong !== undefined) this.findings.accuse(file, index, byteOffset, wrong);
    const { type, details } = event;
    if (type === 'log-pruned') this.prunedBelow = Math.max(this.prunedBelow, Number(details['entries']) || 0);
    this.options.onEntry?.({ event, index, hash });
  }

  /** @returns the tiles that this hash fills */
  #grow(hash: string): Tile[] {
    this.tree.appendHash(hash);
    const { size } = this.tree;
    if (this.#sizes.has(size)) this.roots.set(size, this.tree.root);
    this.options.onLeaf?.(this.tree);
    return this.tiles.append(hash);
  }

  /** What is missing, what is too much, whose fault it is where hashes differ, and whether all fits the heads. */
  conclude(): void {
    const { head, journal } = this.snapshot;
    const { findings } = this;
    const missing = 'the entries are missing, and no entry says that they were let go';
    for (const bundle of this.#missing)
      if ((bundle + 1) * tileWidth > this.prunedBelow)
        findings.accuse(entriesPath(bundle), bundle * tileWidth, 0, missing);
    this.#stored.nameStrangers();
    if (findings.enough) return;
    const entriesAreRight = this.tree.size === head.size && this.tree.root === head.root;
    findings.settle(entriesAreRight);
    if (findings.any) return;
    const byteOffset = journal?.commits.at(-1)?.offset ?? 0;
    if (entriesAreRight) for (const fault of faultsOfHeads(this.snapshot, this.roots, this.keys)) findings.add(fault);
    else if (journal) findings.accuse('journal', head.size, byteOffset, misfit(head));
    else findings.add(headFault(misfit(head)));
  }
}
