import { readSigner, type Signer } from '@fedward/kit-keys';
import { passphraseOf } from '../keys/passphrase.js';

export interface SigningFlags {
  /** A private key's file. */
  readonly key: string;
  readonly passphraseFile?: string;
}

/** Who signs; a passphrase is asked for where the key has one. @throws {FedwardError} as `readSigner` */
export function signerFrom({ key, passphraseFile }: SigningFlags): Promise<Signer> {
  return readSigner(key, { passphrase: () => passphraseOf(key, passphraseFile, process) });
}
