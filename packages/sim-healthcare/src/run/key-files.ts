import { generateKeyPairSync } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FedwardError } from '@fedward/core';
import { createFileAtomic, lengthOf, readBytes } from '@fedward/kit-files';
import { signerFromPkcs8, type Signer } from '@fedward/kit-keys';

/** The key of this name in a folder; undefined where there is none. @throws {FedwardError} STORAGE_FAILED, KEY_EXPOSED */
export async function signerIn(folder: string, name: string): Promise<Signer | undefined> {
  const path = fileOf(folder, name);
  if ((await lengthOf(path)) === undefined) return undefined;
  const { mode } = await stat(path);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new FedwardError('KEY_EXPOSED', `${path} can be read by others than its owner: chmod 600 ${path}`, path);
  return signerFromPkcs8(name, await readBytes(path));
}

/** A new key, in a file that its owner alone can read. @throws {FedwardError} STORAGE_FAILED */
export async function signerMade(folder: string, name: string): Promise<Signer> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  const made = await createFileAtomic(fileOf(folder, name), der);
  return made ? signerFromPkcs8(name, der) : (await signerIn(folder, name))!;
}

function fileOf(folder: string, name: string): string {
  return join(folder, `${encodeURIComponent(name)}.pkcs8`);
}
