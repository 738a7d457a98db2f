import { flush, writeFully, writeInPlace } from '@fedward/kit-files';
import { closeSync, ftruncateSync, openSync, rmSync, statSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ioFailure, replaceFiles } from './files.js';

/** The journal of a log that is open. All of these throw AUDIT_FAILED where the disk refuses. */
export class JournalFile {
  #fd: number;
  #inode: number;
  #end: number;

  /**
   * @param end where its last group ends: what lies behind was set aside
   * @throws {Error} the system's own
   */
  constructor(
    private readonly path: string,
    private readonly fsync: boolean,
    end: number,
  ) {
    this.#fd = openSync(path, writeInPlace);
    this.#inode = statSync(path).ino;
    this.#end = end;
  }

  /** Length, bytes. */
  get length(): number {
    return this.#end;
  }

  /**
   * Adds a group, with one write and one flush. No write is tried again: after a refused flush the system may have dropped
   * the bytes and still say yes the next time.
   */
  async add(group: Uint8Array): Promise<void> {
    let half = false;
    try {
      this.#assertUndisturbed();
      half = true;
      writeFully(this.#fd, group, this.#end);
      if (this.fsync) await flush(this.#fd);
      else await nextTurn(); // nothing else here waits, and who appends in a loop would starve all others
    } catch (error) {
      if (half) this.#cut(); // what can't be cut off here is set aside when the log is next opened
      throw ioFailure('write', this.path, error);
    }
    this.#end += group.length;
  }

  #cut(): void {
    try {
      ftruncateSync(this.#fd, this.#end);
    } catch {
      // then it stays
    }
  }

  /** A journal that was moved away or written to by someone else would take entries that no one finds again. */
  #assertUndisturbed(): void {
    const { ino, size } = statSync(this.path);
    if (ino !== this.#inode || size !== this.#end)
      throw new Error('another program has moved or changed it since it was opened');
  }

  /** Puts another in its place, which is on disk before the old one is gone. */
  async replace(bytes: Uint8Array): Promise<void> {
    await replaceFiles([{ path: this.path, bytes }], this.fsync);
    try {
      const fd = openSync(this.path, writeInPlace);
      closeSync(this.#fd);
      this.#fd = fd;
      this.#inode = statSync(this.path).ino;
      this.#end = bytes.length;
    } catch (error) {
      throw ioFailure('write', this.path, error);
    }
  }

  /** Removes it, when all that it holds is in tiles. The folder is for the caller to flush. */
  remove(): void {
    try {
      this.#assertUndisturbed();
      rmSync(this.path);
    } catch (error) {
      throw ioFailure('write', this.path, error);
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}
