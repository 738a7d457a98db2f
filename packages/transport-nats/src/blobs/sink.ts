import { constants, createReadStream } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FedwardError } from '@fedward/core';
import { fileMode, makeFolder, storageFailure, syncFolder } from '@fedward/kit-files';
import type { BlobRef } from './chunks.js';

/** What a blob is written to, from its beginning to its end. Nobody sees any of it before `finish`. */
export interface BlobSink {
  /**
   * What it has of this blob from before, from the beginning on. Called first.
   * @throws {FedwardError} where it can't hold a blob of this size
   */
  kept(ref: BlobRef): AsyncIterable<Uint8Array>;
  /** What comes next. */
  write(bytes: Uint8Array): Promise<void>;
  /** It was verified: makes it what it is for. */
  finish(): Promise<void>;
  /** What there is of it is not what it was said to be. After this it can begin anew. */
  discard(): Promise<void>;
  /** No more comes for now. What there is can be gone on with. */
  pause(): Promise<void>;
}

/**
 * Into memory.
 * @param mostBytes larger blobs are refused before anything is fetched
 */
export function bytesSink(mostBytes: number): BlobSink & { bytes(): Uint8Array } {
  let whole = new Uint8Array();
  let length = 0;
  let finished = false;
  return {
    // eslint-disable-next-line require-yield -- it keeps nothing
    async *kept({ size, sha256 }) {
      if (size > mostBytes) throw new FedwardError('MESSAGE_INVALID', `${size} bytes were announced, at most ${mostBytes} are taken`, sha256); // prettier-ignore
      whole = new Uint8Array(size);
      length = 0;
    },
    write(bytes) {
      whole.set(bytes, length);
      length += bytes.length;
      return Promise.resolve();
    },
    finish() {
      finished = true;
      return Promise.resolve();
    },
    discard() {
      length = 0;
      return Promise.resolve();
    },
    pause: () => Promise.resolve(),
    bytes() {
      if (!finished) throw new FedwardError('ARGUMENT_INVALID', 'nothing was received yet', 'bytes');
      return whole;
    },
  };
}

/**
 * Into a file for its owner alone, which appears when it is whole. What was received before a crash lies beside it under a
 * name of its own (`.NAME.DIGEST.partial`), and is gone on with.
 */
export function fileSink(path: string): BlobSink {
  let file: FileHandle | undefined;
  let draft = '';
  let length = 0;
  const close = async (): Promise<void> => {
    const open = file;
    file = undefined;
    await open?.close();
  };
  return {
    async *kept({ sha256, size }) {
      await makeFolder(dirname(path));
      draft = join(dirname(path), `.${basename(path)}.${sha256.slice(0, 16)}.partial`);
      length = 0;
      try {
        file = await open(draft, constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), fileMode);
        if ((await file.stat()).size > size) await file.truncate(0);
        for await (const piece of createReadStream(draft, { highWaterMark: 2 ** 20 })) {
          length += (piece as Buffer).length;
          yield piece as Buffer;
        }
      } catch (error) {
        throw storageFailure('write', draft, error);
      }
    },
    async write(bytes) {
      try {
        let done = 0;
        while (done < bytes.length)
          done += (await file!.write(bytes, done, bytes.length - done, length + done)).bytesWritten;
        length += bytes.length;
      } catch (error) {
        throw storageFailure('write', draft, error);
      }
    },
    async finish() {
      try {
        await file!.datasync();
        await close();
        await rename(draft, path);
        await syncFolder(dirname(path));
      } catch (error) {
        await close().catch(() => undefined);
        throw storageFailure('write', path, error);
      }
    },
    async discard() {
      await close();
      await rm(draft, { force: true });
    },
    pause: close,
  };
}
