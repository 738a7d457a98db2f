import { keyPathsIn, readRotations, readSigner, type Signer } from '@fedward/kit-keys';
import { keysFolder } from './keys-folder.js';
import { passphraseOf, type Terminal } from './passphrase.js';

/** Whose key signs, as options say it. */
export interface SignerFlags {
  /** Folder of keys. */
  readonly keys?: string | undefined;
  readonly passphraseFile?: string | undefined;
}

/**
 * Who signs by a key of this name; its passphrase is asked for where it has one.
 * @returns with the statements of the key's rotations, for what was signed before them
 * @throws {FedwardError} as `readSigner`
 */
export async function openSigner(
  name: string,
  { keys, passphraseFile }: SignerFlags,
  terminal: Terminal = process,
): Promise<{ readonly signer: Signer; readonly rotations: readonly string[] }> {
  const folder = keysFolder(keys);
  const passphrase = () => passphraseOf(name, passphraseFile, terminal);
  const signer = await readSigner(keyPathsIn(folder, name).private, { passphrase });
  return { signer, rotations: await readRotations(folder, name) };
}
