import { generateKeyPairSync } from 'node:crypto';
import { rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { FedwardError } from '@fedward/core';
import {
  createFileAtomic,
  hasErrno,
  readTextIfThere,
  storageFailure,
  syncFolder,
  writeFileAtomic,
} from '@fedward/kit-files';
import { keyFileText, readSigner, type Passphrase } from './key-file.js';
import { clock, filesIn, readKey, type CreateKeyOptions, type KeyInfo } from './keys.js';
import { fileNameOf, keyPathsIn, rotationSuffix } from './names.js';
import { rotationOf, verifyRotation, type KeyRotation } from './rotation.js';
import { signerOf, verifierOf, type Verifier } from './signer.js';

/** Of `rotateKey`. */
export interface RotateKeyOptions extends Omit<CreateKeyOptions, 'passphrase'> {
  /** Of the key that is there. */
  readonly passphrase?: Passphrase | undefined;
  /** Of the new one. Default: that of the old one, and none where that has none. */
  readonly newPassphrase?: string | (() => Promise<string | undefined>) | undefined;
}

/** What came of a rotation. */
export interface RotatedKey extends KeyInfo {
  readonly rotation: KeyRotation;
  /** True where one that was broken off before was finished: the new key has the passphrase that was given then. */
  readonly resumed: boolean;
}

/**
 * Replaces a key by a new one of the same name. The old private half is gone then (NIST SP 800-57 part 1: private keys of
 * signatures are not archived): whoever found it could name another successor. Its verifier key and the statement of
 * rotation stay beside the new one.
 *
 * The new key is on the disk before the statement, and the statement decides: of several callers at once one rotates. Killed
 * before it, the old key is as it was; killed behind it, the next call finishes.
 *
 * @throws {FedwardError} as `readSigner` and `createKey`; CONFIG_INCOMPATIBLE where another rotates it at this moment
 */
export async function rotateKey(options: RotateKeyOptions): Promise<RotatedKey> {
  const { directory, name, passphrase, newPassphrase, now = clock } = options;
  const paths = keyPathsIn(directory, name);
  const { verifierKey } = await readKey(directory, name);
  const begun = await readTextIfThere(paths.rotation(idOf(verifierKey)));
  if (begun !== undefined) return finish(directory, verifyRotation(begun), true);

  let used: string | undefined;
  const remembered = async (): Promise<string> =>
    (used = typeof passphrase === 'string' ? passphrase : await passphrase!());
  const old = await readSigner(paths.private, passphrase === undefined ? {} : { passphrase: remembered });
  const another = typeof newPassphrase === 'function' ? await newPassphrase() : newPassphrase;
  const { privateKey } = generateKeyPairSync('ed25519');
  const made = signerOf(name, privateKey);
  const time = now();
  const rotation = rotationOf(old, made, time);
  const next = paths.next(idOf(made.verifierKey));
  await writeFileAtomic(next, await keyFileText(name, privateKey, time, another ?? used));
  if (await createFileAtomic(paths.rotation(idOf(old.verifierKey)), rotation.statement))
    return finish(directory, rotation, false);
  await unlink(next).catch(() => undefined); // a key that nobody trusts
  throw new FedwardError('CONFIG_INCOMPATIBLE', `the key ${name} was rotated by another at the same time`, name);
}

/** The statements of all rotations of a key in a folder, for `followRotations`. @throws {FedwardError} STORAGE_FAILED */
export async function readRotations(directory: string, name: string): Promise<string[]> {
  const start = `${fileNameOf(name)}~`;
  const ending = `00000000${rotationSuffix}`.length;
  const files = (await filesIn(directory, rotationSuffix)).filter(
    (file) => file.startsWith(start) && file.length === start.length + ending,
  );
  const texts = await Promise.all(files.map((file) => readTextIfThere(join(directory, file))));
  return texts.filter((text) => text !== undefined);
}

/** Puts the new key in the old one's place. Whatever of it is done is not done again. */
async function finish(directory: string, rotation: KeyRotation, resumed: boolean): Promise<RotatedKey> {
  const { name } = verifierOf(rotation.to);
  const paths = keyPathsIn(directory, name);
  await writeFileAtomic(paths.retired(idOf(rotation.from)), `${rotation.from}\n`);
  await writeFileAtomic(paths.public, `${rotation.to}\n`);
  try {
    await rename(paths.next(idOf(rotation.to)), paths.private);
    await syncFolder(directory);
  } catch (error) {
    // Another has finished it in this moment, which the key itself tells.
    if (!hasErrno(error, 'ENOENT')) throw storageFailure('write', paths.private, error);
  }
  const info = await readKey(directory, name);
  if (info.verifierKey !== rotation.to)
    throw new FedwardError(
      'FILE_INVALID',
      `the rotation of ${name} can't be finished: its new key is not in ${directory}`,
      paths.next(idOf(rotation.to)),
    );
  return { ...info, rotation, resumed };
}

function idOf(verifierKey: string): string {
  return keyIdText(verifierOf(verifierKey));
}

/** A key id as verifier keys have it: eight hexadecimal digits. */
export function keyIdText({ keyId }: Pick<Verifier, 'keyId'>): string {
  return keyId.toString(16).padStart(8, '0');
}
