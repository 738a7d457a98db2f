import { FedwardError } from '@fedward/core';
import { readBytes } from '@fedward/kit-files';
import { verifierOf, type Verifier } from './signer.js';

/**
 * A list of verifier keys, one a line. Lines that begin with # are comments, empty ones count for nothing.
 * @param where what an error names
 * @throws {FedwardError} FILE_INVALID naming the line that is none, and for a list without any
 */
export function parseVerifierKeys(text: string, where = 'the list of verifier keys'): Verifier[] {
  const keys = new Map<string, Verifier>();
  for (const [at, line] of text.split('\n').entries()) {
    const key = line.trim();
    if (key === '' || key.startsWith('#')) continue;
    try {
      keys.set(key, verifierOf(key));
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new FedwardError('FILE_INVALID', `${where}, line ${at + 1}: ${why}`, where, { cause });
    }
  }
  if (keys.size === 0) throw new FedwardError('FILE_INVALID', `${where} holds no verifier key`, where);
  return [...keys.values()];
}

/** `parseVerifierKeys` of a file. @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID */
export async function readVerifierKeys(path: string): Promise<Verifier[]> {
  return parseVerifierKeys(new TextDecoder().decode(await readBytes(path, { mostBytes: 2 ** 20 })), path);
}
