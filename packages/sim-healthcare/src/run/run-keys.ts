import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { coordinator, FedwardError } from '@fedward/core';
import { createFileAtomic, readTextIfThere } from '@fedward/kit-files';
import type { Signer } from '@fedward/kit-keys';
import { hospitalName } from './hospital-name.js';
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
}

/**
 * The name of a hospital's key: its id as it can stand in a signature. One that is called as the coordinator is gets a name
 * of its own.
 */
export function keyNameOf(id: string): string {
  const name = hospitalName(id);
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
    const given = places.given === undefined ? undefined : await signerIn(places.given, name);
    const signer = given ?? (await signerIn(places.own, name));
    if (signer) return signer;
    if (!begun) return signerMade(places.own, name);
    const message = `--resume: the key ${name}, which this run began with, is not there: bring it back`;
    throw new FedwardError('FILE_NOT_FOUND', message, places.own);
  };
  const own = await signerFor(coordinator);
  const signers = new Map<string, Signer>();
  for (const id of ids) signers.set(id, await signerFor(keyNameOf(id)));
  await assertListed(places.listed, [own, ...signers.values()]);
  return {
    coordinator: own,
    signerOf: (id) => {
      const signer = signers.get(id);
      if (signer) return signer;
      throw new Error(`this run has no key of ${id}`);
    },
    verifierKeyOf: (id) => signers.get(id)?.verifierKey,
  };
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

/** Public keys in a text, one a line; what follows a `#` is a comment. */
export function verifierKeysIn(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/\s*#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** Where a run's folder has its keys. */
export function keyPlaces(directory: string, given: string | undefined): RunKeyPlaces {
  return { own: join(directory, 'keys'), listed: join(directory, 'keys.txt'), given };
}
