import {
  FedwardError,
  isFedwardError,
  sha256,
  type AuditEvent,
  type AuditHead,
  type AuditReceipt,
  type Growth,
} from '@fedward/core';
import type { OpenFolder } from '@fedward/kit-files';
import { consistencyProofFrom, leafHash, rootFrom, tileWidth, type MerkleTree } from '@fedward/kit-merkle';
import { join } from 'node:path';
import { asidePath } from './aside.js';
import type { AuditLog } from './audit-log.js';
import { encodeEntry } from './entry.js';
import { ioFailure, replaceFiles, type FileToWrite, type LogPaths } from './files.js';
import { baseFrame, groupFrames } from './journal.js';
import type { JournalFile } from './journal-file.js';
import type { WriterTiles } from './writer-tiles.js';

interface Pending {
  readonly leaf: Buffer;
  readonly details: Buffer | undefined;
  readonly receipt: AuditReceipt;
  /** What is to happen when the entry is on disk, before anything else is written. */
  readonly then: (() => void) | undefined;
  resolve(receipt: AuditReceipt): void;
  reject(error: FedwardError): void;
}

/** How far a log is on disk. */
export interface Standing {
  readonly size: number;
  readonly root: string;
  /** The checkpoint that says so. */
  readonly note: string;
}

export interface OpenFiles {
  readonly paths: LogPaths;
  readonly directory: OpenFolder;
  readonly fsync: boolean;
  readonly standing: Standing;
  /** What the tiles on disk go up to. */
  readonly base: number;
  readonly journal: JournalFile;
  /** As far as `standing`. */
  readonly tree: MerkleTree;
  readonly tiles: WriterTiles;
  /** The checkpoint of a size and a root, signed where the log is. */
  readonly note: (size: number, root: string) => string;
  release(): Promise<void>;
}

/** So many entries, or bytes of them, are in the journal before they are written as tiles. */
const sealEntries = 4096;
const sealBytes = 8 * 2 ** 20;
/** Types of entries that the log alone adds: they say who signs, and what is not there any more. */
const own: readonly string[] = ['log-opened', 'key-rotated', 'log-pruned'];

export class FileAuditLog implements AuditLog {
  readonly #files: OpenFiles;
  #note: OpenFiles['note'];
  #standing: Standing;
  #base: number;
  #pending: Pending[] = [];
  #writing: Promise<void> | undefined;
  /** Tiles being written: up to which size, and whether they are there. */
  #sealing: { readonly size: number; done: boolean; readonly written: Promise<void> } | undefined;
  #failure: FedwardError | undefined;
  #closed: Promise<void> | undefined;

  constructor(files: OpenFiles) {
    this.#files = files;
    this.#note = files.note;
    this.#standing = files.standing;
    this.#base = files.base;
  }

  get size(): number {
    return this.#standing.size;
  }

  get root(): string {
    return this.#standing.root;
  }

  append(event: AuditEvent): Promise<AuditReceipt> {
    if (own.includes(event?.type))
      return Promise.reject(
        new FedwardError('ARGUMENT_INVALID', `not an audit event: ${event.type} is the log's own to add`, 'event'),
      );
    return this.add(event);
  }

  /** As `append`, for the log's own events too. @param then what is to happen once it is on disk, before anything else is written */
  add(event: AuditEvent, then?: () => void): Promise<AuditReceipt> {
    return new Promise((resolve, reject) => {
      if (this.#failure) throw this.#failure;
      if (this.#closed) throw new FedwardError('AUDIT_FAILED', 'the audit log is closed', this.#files.paths.directory);
      const { tree, tiles } = this.#files;
      const index = tree.size;
      const { leaf, details } = encodeEntry(event, index);
      const hash = leafHash(leaf);
      tree.appendHash(hash);
      tiles.append(leaf, hash);
      this.#pending.push({ leaf, details, receipt: { index, root: tree.root }, then, resolve, reject });
      this.#writing ??= this.#write();
    });
  }

  /** From now on checkpoints are made so. */
  protected signWith(note: OpenFiles['note']): void {
    this.#note = note;
  }

  protected get standing(): Standing {
    return this.#standing;
  }

  protected get files(): OpenFiles {
    return this.#files;
  }

  async head(known: readonly number[] = []): Promise<AuditHead | null> {
    const { size, root } = this.#standing;
    if (size === 0) return null;
    const grown: Growth[] = [];
    for (const one of new Set(known))
      if (one > 0 && one < size) grown.push({ size: one, proof: await this.#proofSince(one, size) });
    return { index: size - 1, root, ...(grown.length > 0 && { grown }) };
  }

  #proofSince(before: number, size: number): Promise<string[]> {
    return consistencyProofFrom((...at) => this.#files.tiles.read(...at), before, size);
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#finish());
  }

  async #finish(): Promise<void> {
    try {
      await this.#writing;
      const [sealed] = await Promise.allSettled([this.#sealing?.written]);
      if (this.#failure) return; // it was told
      if (sealed.status === 'rejected') throw sealed.reason;
      await this.#leaveTiles();
    } finally {
      this.#files.journal.close();
      this.#files.directory.close();
      await this.#files.release();
    }
  }

  /** Commits what is pending, group after group, until nothing is. */
  async #write(): Promise<void> {
    await Promise.resolve(); // calls made in one go belong in one group
    while (this.#pending.length > 0) {
      const group = this.#takeGroup();
      try {
        await this.#commit(group);
        for (const { resolve, receipt, then } of group) {
          then?.();
          resolve(receipt);
        }
        await this.#seal();
      } catch (error) {
        this.#failure = isFedwardError(error) ? error : ioFailure('write', this.#files.paths.journal, error);
        for (const { reject } of [...group, ...this.#pending]) reject(this.#failure);
        this.#pending = [];
      }
    }
    this.#writing = undefined;
  }

  /** What is pending, up to an entry after which another key signs. */
  #takeGroup(): Pending[] {
    const last = this.#pending.findIndex(({ then }) => then !== undefined);
    return this.#pending.splice(0, last < 0 ? this.#pending.length : last + 1);
  }

  /**
   * Entries, and behind them the checkpoint that counts them: what a crash leaves without the latter was not acknowledged.
   * @throws {FedwardError} AUDIT_FAILED
   */
  async #commit(group: readonly Pending[]): Promise<void> {
    const { index, root } = group.at(-1)!.receipt;
    const note = this.#note(index + 1, root);
    const asides = group.flatMap(({ details }) => (details ? [this.#aside(details)] : []));
    if (asides.length > 0) await replaceFiles(asides, this.#files.fsync);
    const leaves = group.map(({ leaf }) => leaf);
    await this.#files.journal.add(groupFrames(leaves, note));
    this.#standing = { size: index + 1, root, note };
  }

  #aside(details: Buffer): FileToWrite {
    return { path: join(this.#files.paths.directory, asidePath(sha256(details))), bytes: details };
  }

  /**
   * Writes full tiles beside the work, and then begins a journal that has no more than what is behind them.
   * @throws {FedwardError} AUDIT_FAILED
   */
  async #seal(): Promise<void> {
    const { tiles, fsync, journal } = this.#files;
    const behind = this.size - this.#base;
    if (!this.#sealing) {
      const size = this.size - (this.size % tileWidth);
      if (size <= this.#base || (behind < sealEntries && journal.length < sealBytes)) return;
      const sealing = { size, done: false, written: tiles.write(size, fsync).finally(() => (sealing.done = true)) };
      sealing.written.catch(() => undefined); // it is looked at below, with the next group
      this.#sealing = sealing;
      return;
    }
    // A log that is written to faster than tiles are waits for them, or its journal would only grow.
    if (behind > 4 * sealEntries || journal.length > 4 * sealBytes) await this.#sealing.written;
    if (!this.#sealing.done) return;
    const { size, written } = this.#sealing;
    await written;
    this.#sealing = undefined;
    await this.#beginJournal(size);
  }

  /** @param base up to which the tiles are on disk */
  async #beginJournal(base: number): Promise<void> {
    const { journal, tiles } = this.#files;
    const root = base === this.size ? this.root : await rootFrom((...at) => tiles.read(...at), base);
    const note = this.#note(base, root);
    await this.#writeCheckpoint(note);
    const leaves = tiles.leaves(base, this.size);
    const group = leaves.length > 0 ? [groupFrames(leaves, this.#standing.note)] : [];
    await journal.replace(Buffer.concat([baseFrame(note), ...group]));
    this.#base = base;
    await tiles.forget(base);
  }

  #writeCheckpoint(note: string): Promise<void> {
    const { paths, fsync } = this.#files;
    return replaceFiles([{ path: paths.checkpoint, bytes: Buffer.from(note) }], fsync);
  }

  /** All of the log in tiles, a checkpoint over it, and no journal. */
  async #leaveTiles(): Promise<void> {
    const { paths, directory, fsync, tiles, journal } = this.#files;
    const { size, note } = this.#standing;
    await tiles.write(size, fsync);
    await this.#writeCheckpoint(note);
    journal.remove();
    if (fsync)
      await directory.sync().catch((error: unknown) => {
        throw ioFailure('write', paths.directory, error);
      });
    await tiles.forget(size);
  }
}
