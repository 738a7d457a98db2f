import { FedwardError } from '@fedward/core';
import { readBytes } from './read-text.js';

/**
 * A file of JSON (UTF-8), with the bytes that it was made of.
 * @param why what the file is for, said where it is missing
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID for what can't be read, is too large, or is not JSON
 */
export async function readJson(
  path: string,
  why?: string,
): Promise<{ readonly bytes: Uint8Array; readonly json: unknown }> {
  const bytes = await readBytes(path, { why });
  try {
    return { bytes, json: JSON.parse(new TextDecoder().decode(bytes)) as unknown };
  } catch (cause) {
    throw new FedwardError('FILE_INVALID', `${path} is not JSON: ${(cause as Error).message}`, path, { cause });
  }
}
