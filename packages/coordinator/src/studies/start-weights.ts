import { open, type FileHandle } from 'node:fs/promises';
import { createParameters, FedwardError, safetensorsHeader, type Layout, type Parameters } from '@fedward/core';
import { hasErrno, storageFailure, writeFileAtomic } from '@fedward/kit-files';

/** What is written or read at a time, bytes. */
const piece = 2 ** 24;

/**
 * Writes the weights that a study starts from as one file: safetensors of all the model's tensors in the order of their layout,
 * float32, without metadata. Equal weights give equal bytes. Flushed to the disk; no copy of the weights is made.
 * @throws {FedwardError} STORAGE_FAILED
 */
export function writeWeights(path: string, weights: Parameters): Promise<void> {
  return writeFileAtomic(path, piecesOf(weights));
}

async function* piecesOf({ layout, values }: Parameters): AsyncGenerator<Uint8Array> {
  yield safetensorsHeader(layout.tensors);
  for (let at = 0; at < values.byteLength; at += piece)
    yield new Uint8Array(values.buffer, values.byteOffset + at, Math.min(piece, values.byteLength - at));
}

/**
 * Reads what `writeWeights` wrote. A file of another length than these weights have is not read, so that it takes as much memory
 * as they do, whatever is there.
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID for weights of other tensors, or in another order; STORAGE_FAILED
 */
export async function readWeights(path: string, layout: Layout): Promise<Parameters> {
  const file = await opened(path);
  try {
    const header = safetensorsHeader(layout.tensors);
    const { size } = await file.stat();
    const start = new Uint8Array(header.length);
    if (size === header.length + 4 * layout.size) await fill(file, start, 0);
    if (Buffer.compare(start, header) !== 0)
      throw new FedwardError('FILE_INVALID', `${path} does not hold the weights of the plan's model`, path);
    const weights = createParameters(layout);
    await fill(file, new Uint8Array(weights.values.buffer), header.length);
    return weights;
  } finally {
    await file.close();
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (error) {
    if (!hasErrno(error, 'ENOENT')) throw storageFailure('read', path, error);
    throw new FedwardError('FILE_NOT_FOUND', `${path} is gone`, path, { cause: error });
  }
}

/** Reads all of `bytes`. @param position in the file */
async function fill(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const length = Math.min(piece, bytes.length - done);
    const { bytesRead } = await file.read(bytes, done, length, position + done);
    if (bytesRead === 0) return; // it became shorter: its digest is another one
    done += bytesRead;
  }
}
