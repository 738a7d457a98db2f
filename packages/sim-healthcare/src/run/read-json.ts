import { FedwardError } from '@fedward/core';
import { assertPlain } from './plain-data.js';
import { readBytes } from './read-text.js';

/**
 * JSON as people's programs write it: UTF-8 or, with a mark of its byte order, UTF-16; a mark in front is no part of it.
 * @param why what the file is for, said where it is missing
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID for what can't be read, is too large, or is not JSON;
 *   CONFIG_INVALID for what is nested too deeply or has a reserved key (see `assertPlain`)
 */
export async function readJsonFile(path: string, why?: string): Promise<unknown> {
  return (await readJsonBytes(path, why)).json;
}

/** `readJsonFile`, with the bytes that it was made of. */
export async function readJsonBytes(
  path: string,
  why?: string,
): Promise<{ readonly bytes: Uint8Array; readonly json: unknown }> {
  const bytes = await readBytes(path, { why });
  const json = parsed(textOf(bytes), path);
  assertPlain(json, path);
  return { bytes, json };
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FedwardError('FILE_INVALID', `${path} is not JSON: ${(cause as Error).message}`, path, { cause });
  }
}

function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}
