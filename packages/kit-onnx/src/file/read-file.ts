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
    const handle = await open(path, 'r');
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw new FedwardError('FILE_INVALID', `${option}: ${path} is no file`, path);
      if (stat.size > mostBytes) throw tooLarge(path, stat.size);
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
