import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { FedwardError, fileReason } from '@fedward/core';
import type { OnnxFile } from './onnx-file.js';
import { mostBytes, readOnnx, tooLarge } from './read-onnx.js';

/**
 * As `readOnnx`, of a file by its path. Its size is looked at before it is read, and no other file is opened.
 * @param option by which it was named, for messages
 * @throws {FedwardError} FILE_NOT_FOUND, or as `readOnnx`
 */
export async function readOnnxFile(path: string, option = 'the model'): Promise<{ file: OnnxFile; bytes: Uint8Array }> {
  try {
    // Of a pipe that nobody writes to it would wait for ever.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw new FedwardError('FILE_INVALID', `${option}: ${path} is no file`, path);
      if (stat.size > mostBytes) throw tooLarge(path, stat.size);
      // What begins as no model does is refused before all of it is in memory.
      const { buffer, bytesRead } = await handle.read(new Uint8Array(1), 0, 1, 0);
      if (bytesRead > 0 && !mayBegin(buffer[0]!)) readOnnx(buffer, path);
      const bytes = await handle.readFile();
      return { file: readOnnx(bytes, path), bytes };
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (cause instanceof FedwardError) throw cause;
    if (code === 'ENOENT')
      throw new FedwardError('FILE_NOT_FOUND', `${option}: there is no file ${path}`, path, { cause });
    const why = fileReason(cause as NodeJS.ErrnoException);
    throw new FedwardError('FILE_INVALID', `${option}: ${path} can't be read: ${why}`, path, { cause });
  }
}

/** Whether a message may begin with a byte: the number of a member, not 0, and a wire type that there is. */
function mayBegin(byte: number): boolean {
  return byte >>> 3 !== 0 && [0, 1, 2, 5].includes(byte & 7);
}
