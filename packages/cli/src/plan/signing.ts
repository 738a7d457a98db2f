import { readFile, stat } from 'node:fs/promises';
import { FedwardError, fileReason } from '@fedward/core';
import { readBytes } from '@fedward/kit-files';
import { signerFromPkcs8, verifierOf, type Signer } from '@fedward/kit-keys';
import * as z from 'zod';

const keyFile = z.looseObject({
  name: z.string(),
  private: z.looseObject({ encoding: z.literal('pkcs8'), value: z.base64() }),
});

/**
 * A private key from its file.
 * @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID; KEY_EXPOSED for a file that others than its owner may read
 */
export async function signerFrom(path: string): Promise<Signer> {
  const invalid = (why: string): FedwardError => new FedwardError('FILE_INVALID', `--key: ${path}: ${why}`, path);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new FedwardError('FILE_NOT_FOUND', `--key: ${path}: ${fileReason(cause)}`, path);
  });
  if (process.platform !== 'win32' && ((await stat(path)).mode & 0o077) !== 0)
    throw new FedwardError('KEY_EXPOSED', `--key: others than its owner may read ${path}: chmod 600 ${path}`, path);
  const parsed = keyFile.safeParse(jsonOf(text));
  if (!parsed.success) throw invalid('it is no key that can be read here');
  return signerFromPkcs8(parsed.data.name, Buffer.from(parsed.data.private.value, 'base64'));
}

/** One a line; what is behind `#` is for people. */
export async function verifierKeysIn(path: string): Promise<string[]> {
  const text = new TextDecoder().decode(await readBytes(path, { option: '--keys' }));
  const keys = text.split('\n').map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== ''); // prettier-ignore
  keys.forEach(verifierOf);
  return keys;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
