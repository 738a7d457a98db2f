import { existsSync } from 'node:fs';
import { coordinator, FedwardError } from '@fedward/core';
import { createFileAtomic, readTextIfThere } from '@fedward/kit-files';
import { fileNameOf, keyPathsIn, type Passphrase, type Signer } from '@fedward/kit-keys';
import type { Population } from '../scenario/scenario.js';
import { signerIn, signerMade } from './key-files.js';

/** The keys that the logs of a run are signed with. */
export interface RunKeys {
  readonly coordinator: Signer;
  /** Of a hospital, by its id. @throws {Error} for one that the run has not */
  signerOf(id: string): Signer;
  /** Its public half. */
  verifierKeyOf(id: string): string | undefined;
}

/** Where the keys of a run are. */
export interface RunKeyPlaces {
  /** Private keys of simulated parties. */
  readonly own: string;
  /** `keys.txt`: public keys, one a line. */
  readonly listed: string;
  /** Where those who have keys already keep them, under the same names. */
  readonly given?: string | undefined;
  /** Of those that are encrypted. */
  readonly passphrase?: Passphrase | undefined;
}

/**
 * The name of a hospital's key: its id as it can stand in a signature. One that is called as the coordinator is gets a name
 * of its own.
 */
export function keyNameOf(id: string): string {
  const name = fileNameOf(id);
  return name === coordinator ? `%${name.charCodeAt(0).toString(16).toUpperCase()}${name.slice(1)}` : name;
}

/** The hospital whose key is called so; undefined for a name that none has. */
export function idOfKey(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

/**
 * The keys of a run: those that are given, and new ones for parties that have none. The public halves are in `keys.txt`.
 * @param ids of the hospitals that have logs of their own
 * @throws {FedwardError} DIGEST_MISMATCH or FILE_NOT_FOUND where they are not those that the run began with, KEY_EXPOSED, STORAGE_FAILED
 */
export async function openRunKeys(places: RunKeyPlaces, ids: readonly string[]): Promise<RunKeys> {
  const begun = existsSync(places.listed);
  const signerFor = async (name: string): Promise<Signer> => {
    const given = places.given === undefined ? undefined : await signerIn(places.given, name, places.passphrase);
    const signer = given ?? (await signerIn(places.own, name));
    if (signer) return signer;
    if (!begun) return signerMade(places.own, name);
    const message = `--resume: the key ${name}, which this run began with, is not there: bring it back`;
    throw new FedwardError('FILE_NOT_FOUND', message, places.own);
  };
  const [own, ...others] = await Promise.all([coordinator, ...ids.map(keyNameOf)].map(signerFor));
  const signers = new Map(ids.map((id, n) => [id, others[n]!]));
  await assertListed(places.listed, [own!, ...signers.values()]);
  return {
    coordinator: own!,
    signerOf: (id) => {
      const signer = signers.get(id);
      if (signer) return signer;
      throw new Error(`this run has no key of ${id}`);
    },
    verifierKeyOf: (id) => signers.get(id)?.verifierKey,
  };
}

/** @throws {FedwardError} CONFIG_INVALID for a folder that has a key of none of the parties */
export function assertKeyOfAny(
  given: string | undefined,
  { ids, tabulated }: Pick<Population, 'ids' | 'tabulated'>,
): void {
  const names = [coordinator, ...(tabulated ? ids.map(keyNameOf) : [])];
  if (given === undefined || names.some((name) => existsSync(keyPathsIn(given, name).private))) return;
  const message = `--keys: ${given} has no key of ${names.slice(0, 4).join(', ')}${names.length > 4 ? ' or another of them' : ''}`;
  throw new FedwardError('CONFIG_INVALID', message, '--keys');
}

/**
 * Opens the keys that are given and lets go of them: whose passphrase is missing or another is known before anything is written.
 * @throws {FedwardError} CONFIG_INVALID, FILE_INVALID, KEY_EXPOSED
 */
export async function assertKeysOpen(
  { given, passphrase }: Pick<RunKeyPlaces, 'given' | 'passphrase'>,
  { ids, tabulated }: Pick<Population, 'ids' | 'tabulated'>,
): Promise<void> {
  if (given === undefined) return;
  for (const name of [coordinator, ...(tabulated ? ids.map(keyNameOf) : [])]) await signerIn(given, name, passphrase);
}

/** Writes the list, or holds it against the one that is there. */
async function assertListed(path: string, signers: readonly Signer[]): Promise<void> {
  const lines = signers.map(({ verifierKey }) => `${verifierKey}\n`).join('');
  if (!existsSync(path) && (await createFileAtomic(path, lines))) return;
  if ((await readTextIfThere(path)) === lines) return;
  throw new FedwardError(
    'DIGEST_MISMATCH',
    `--resume: ${path} has other keys than this run's: bring back those that it began with`,
    path,
  );
}

/** Public keys in a text, as far as they can be read. */
export function verifierKeysIn(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
