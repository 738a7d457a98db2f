import { generateKeyPairSync } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FedwardError, isFedwardError } from '@fedward/core';
import { createFileAtomic, hasErrno, storageFailure, writeFileAtomic } from '@fedward/kit-files';
import { keyFileText, readKeyFile, type KeyFile } from './key-file.js';
import { assertNewName, keyPathsIn, privateSuffix } from './names.js';
import { signerOf } from './signer.js';

/** A key, without what is private of it. */
export interface KeyInfo {
  readonly name: string;
  /** For others, so that they can check what it signs. */
  readonly verifierKey: string;
  /** ISO 8601, UTC. */
  readonly created: string;
  /** Whether a passphrase protects it. */
  readonly encrypted: boolean;
  /** The file of its private half. */
  readonly path: string;
  /** The file of its verifier key. */
  readonly publicPath: string;
}

/** Of `createKey`. */
export interface CreateKeyOptions {
  /** Made where it is missing, for its owner alone. */
  readonly directory: string;
  /** Of a hospital, a person, a log: C2SP's rules for names hold. */
  readonly name: string;
  /** Eight characters at least. Without one the private half is protected by the file's rights alone. */
  readonly passphrase?: string | undefined;
  /** ISO 8601, UTC. Default: the clock. */
  readonly now?: (() => string) | undefined;
}

/**
 * Makes a key: a file of its private half for its owner alone, and one of its verifier key for handing out. Of several
 * callers at once one makes it; a key that is there is never overwritten.
 *
 * @throws {FedwardError} CONFIG_INVALID where there is a key of this name, or for a passphrase that is too short;
 *   ARGUMENT_INVALID for the name; STORAGE_FAILED
 */
export async function createKey({ directory, name, passphrase, now = clock }: CreateKeyOptions): Promise<KeyInfo> {
  assertNewName(name);
  const paths = keyPathsIn(directory, name);
  const { privateKey } = generateKeyPairSync('ed25519');
  const created = now();
  const text = await keyFileText(name, privateKey, created, passphrase);
  if (!(await createFileAtomic(paths.private, text)))
    throw new FedwardError(
      'CONFIG_INVALID',
      `there is a key ${name} already, in ${paths.private}: it is not overwritten; to replace it by a new one, rotate it`,
      name,
    );
  const { verifierKey } = signerOf(name, privateKey);
  await writeFileAtomic(paths.public, `${verifierKey}\n`);
  const encrypted = passphrase !== undefined;
  return { name, verifierKey, created, encrypted, path: paths.private, publicPath: paths.public };
}

/** What is known of a key without its passphrase. @throws {FedwardError} as `readKeyFile` */
export async function readKey(directory: string, name: string): Promise<KeyInfo> {
  const paths = keyPathsIn(directory, name);
  const file = await readKeyFile(paths.private);
  if (file.name !== name)
    throw new FedwardError(
      'FILE_INVALID',
      `${paths.private} is the key of ${file.name}, not of ${name}`,
      paths.private,
    );
  return infoOf(file, directory, paths.private);
}

/** What a folder holds. */
export interface ListedKeys {
  /** By name. */
  readonly keys: readonly KeyInfo[];
  /** Files that look like those of keys, and can't be used. */
  readonly faults: readonly { readonly path: string; readonly code: string; readonly message: string }[];
}

/** The keys in a folder; none where there is no folder. @throws {FedwardError} STORAGE_FAILED */
export async function listKeys(directory: string): Promise<ListedKeys> {
  const keys: KeyInfo[] = [];
  const faults: ListedKeys['faults'][number][] = [];
  for (const file of await filesIn(directory, privateSuffix)) {
    const path = join(directory, file);
    try {
      keys.push(infoOf(await readKeyFile(path), directory, path));
    } catch (error) {
      if (!isFedwardError(error)) throw error;
      faults.push({ path, code: error.code, message: error.message });
    }
  }
  return { keys: keys.sort((a, b) => (a.name < b.name ? -1 : 1)), faults };
}

/** Names of the files in a folder that end so, in order; none where there is no folder. */
export async function filesIn(directory: string, suffix: string): Promise<string[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (hasErrno(error, 'ENOENT')) return [];
    throw storageFailure('read', directory, error);
  });
  return names.filter((name) => name.endsWith(suffix) && !name.startsWith('.')).sort();
}

export function clock(): string {
  return new Date().toISOString();
}

function infoOf({ name, verifierKey, created, private: half }: KeyFile, directory: string, path: string): KeyInfo {
  const encrypted = half.encoding !== 'pkcs8';
  return { name, verifierKey, created, encrypted, path, publicPath: keyPathsIn(directory, name).public };
}
