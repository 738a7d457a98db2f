import { FedwardError, type AuditEvent, type AuditReceipt, type AuditSink } from '@fedward/core';
import { flush, writeFully, type OpenFolder } from '@fedward/kit-files';
import { ftruncateSync, statSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { encodeEntry } from './entry.js';
import { ioFailure, type LogPaths } from './files.js';
import { draftHead, overwriteHead, publishHead, type AuditHead } from './head.js';
import { leafHash, type MerkleTree } from '@fedward/kit-merkle';

/** An audit log that is open for writing. */
export interface AuditLog extends AuditSink {
  /**
   * Adds an event behind all others, in the order of the calls. The event is taken as it is at the call.
   * Calls made while a write is under way share the next one.
   *
   * @returns once the entry and the head that counts it are on disk; `root` is the Merkle root over all entries
   *   up to and with this one, 64 hexadecimal digits
   * @throws {FedwardError} ARGUMENT_INVALID for what is no audit event, and the log goes on; AUDIT_FAILED where
   *   the disk refuses, and then for every later call too; AUDIT_FAILED after `close`
   */
  append(event: AuditEvent): Promise<AuditReceipt>;
  /** Waits for what was appended, and gives back the lock. */
  close(): Promise<void>;
  /** Number of entries on disk. */
  readonly size: number;
  /** Merkle root over them, 64 hexadecimal digits: what to publish, or keep where the log's owner can't write. */
  readonly root: string;
}

interface Pending {
  readonly line: Buffer;
  readonly hash: string;
  readonly receipt: AuditReceipt;
  resolve(receipt: AuditReceipt): void;
  reject(error: FedwardError): void;
}

export interface OpenFiles {
  readonly paths: LogPaths;
  readonly file: FileHandle;
  readonly inode: number;
  readonly directory: OpenFolder;
  readonly fsync: boolean;
  /** As it is on disk; `tree` has the same leaves. */
  readonly head: AuditHead;
  readonly tree: MerkleTree;
  release(): Promise<void>;
}

const newline = Buffer.from('\n');

export class FileAuditLog implements AuditLog {
  readonly #files: OpenFiles;
  #head: AuditHead;
  /** `leafHash` of the entry appended last, on disk or not; the tree is as far. */
  #lastHash: string;
  #pending: Pending[] = [];
  #writing: Promise<void> | undefined;
  #failure: FedwardError | undefined;
  #closed: Promise<void> | undefined;

  constructor(files: OpenFiles) {
    this.#files = files;
    this.#head = files.head;
    this.#lastHash = files.head.lastHash;
  }

  get size(): number {
    return this.#head.size;
  }

  get root(): string {
    return this.#head.root;
  }

  append(event: AuditEvent): Promise<AuditReceipt> {
    return new Promise((resolve, reject) => {
      if (this.#failure) throw this.#failure;
      if (this.#closed) throw new FedwardError('AUDIT_FAILED', 'the audit log is closed', this.#files.paths.log);
      const { tree } = this.#files;
      const index = tree.size;
      const line = encodeEntry({ event, index, previousHash: this.#lastHash });
      const hash = leafHash(line);
      tree.appendHash(hash);
      this.#lastHash = hash;
      this.#pending.push({ line, hash, receipt: { index, root: tree.root }, resolve, reject });
      this.#writing ??= this.#write();
    });
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#finish());
  }

  async #finish(): Promise<void> {
    await this.#writing;
    await this.#files.file.close();
    this.#files.directory.close();
    await this.#files.release();
  }

  /** Commits what is pending, group after group, until nothing is. */
  async #write(): Promise<void> {
    await Promise.resolve(); // calls made in one go belong in one group
    while (this.#pending.length > 0) {
      const group = this.#pending;
      this.#pending = [];
      try {
        await this.#commit(group);
        for (const { resolve, receipt } of group) resolve(receipt);
      } catch (error) {
        this.#failure = error as FedwardError;
        for (const { reject } of [...group, ...this.#pending]) reject(this.#failure);
        this.#pending = [];
      }
    }
    this.#writing = undefined;
  }

  /**
   * The new head comes into force last, when all that it counts is on disk: what a crash leaves behind the old one
   * was not acknowledged. Log and draft are flushed side by side, which takes as long as one. No write is tried
   * again: after a refused flush the system may have dropped the bytes and still say yes the next time.
   *
   * @throws {FedwardError} AUDIT_FAILED
   */
  async #commit(group: readonly Pending[]): Promise<void> {
    const { paths, file, directory, fsync } = this.#files;
    const { bytes: end, size } = this.#head;
    const bytes = Buffer.concat(group.flatMap(({ line }) => [line, newline]));
    const last = group.at(-1)!;
    const { root } = last.receipt;
    const head = {
      version: 1,
      size: size + group.length,
      bytes: end + bytes.length,
      root,
      lastHash: last.hash,
    } as const;
    let refusing = paths.log;
    let half = false;
    try {
      this.#assertUndisturbed();
      half = true;
      writeFully(file.fd, bytes, end);
      if (fsync) {
        const flushed = flush(file.fd);
        const drafted = draftHead(paths, head);
        // Both are waited for, so that none is still at the disk when what failed is taken back.
        const [, draft] = await Promise.allSettled([flushed, drafted]);
        await flushed;
        refusing = paths.head;
        if (draft.status === 'rejected') throw draft.reason;
        half = false;
        await publishHead(paths, directory);
      } else {
        refusing = paths.head;
        overwriteHead(paths, head);
        await nextTurn(); // nothing else here waits, and who appends in a loop would starve all others
      }
    } catch (error) {
      // What can't be cut off here is set aside when the log is next opened. Once the new head may be in place
      // nothing is cut: it would then count what is no longer there.
      if (half) this.#cut(end);
      throw ioFailure('write', refusing, error);
    }
    this.#head = head;
  }

  #cut(length: number): void {
    try {
      ftruncateSync(this.#files.file.fd, length);
    } catch {
      // then it stays
    }
  }

  /** A log that was moved away or written to by someone else would take entries that no one finds again. */
  #assertUndisturbed(): void {
    const { paths, inode } = this.#files;
    const { ino, size } = statSync(paths.log);
    if (ino !== inode || size !== this.#head.bytes)
      throw new Error('another program has moved or changed it since it was opened');
  }
}
