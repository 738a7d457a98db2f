import { readFile } from 'node:fs/promises';
import { FedwardError } from '@fedward/core';

/**
 * @param why what the file is for, said where it is missing
 * @throws {FedwardError} FILE_NOT_FOUND, or FILE_INVALID for what is not JSON
 */
export async function readJsonFile(path: string, why?: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const reason =
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (cause as Error).message;
    throw new FedwardError('FILE_NOT_FOUND', `can't read ${path}: ${reason}${why ? `; ${why}` : ''}`, path, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FedwardError('FILE_INVALID', `${path} is not JSON: ${(cause as Error).message}`, path, { cause });
  }
}
