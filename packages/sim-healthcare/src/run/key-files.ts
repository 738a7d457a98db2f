import { existsSync } from 'node:fs';
import { hasCode } from '@fedward/core';
import { createKey, keyPathsIn, readSigner, type Passphrase, type Signer } from '@fedward/kit-keys';

/**
 * The key of this name in a folder; undefined where there is none.
 * @throws {FedwardError} FILE_INVALID, KEY_EXPOSED; CONFIG_INVALID for one whose passphrase is missing or another
 */
export async function signerIn(folder: string, name: string, passphrase?: Passphrase): Promise<Signer | undefined> {
  const path = keyPathsIn(folder, name).private;
  return existsSync(path) ? readSigner(path, passphrase === undefined ? {} : { passphrase }) : undefined;
}

/** A new key, in a file that its owner alone can read. @throws {FedwardError} STORAGE_FAILED */
export async function signerMade(folder: string, name: string): Promise<Signer> {
  try {
    const { path } = await createKey({ directory: folder, name });
    return await readSigner(path);
  } catch (error) {
    // Another process that goes on with this run may have made it meanwhile.
    const made = hasCode(error, 'CONFIG_INVALID') ? await signerIn(folder, name) : undefined;
    if (made) return made;
    throw error;
  }
}
