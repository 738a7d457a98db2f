import { join } from 'node:path';
import { FedwardError } from '@fedward/core';
import { readTextIfThere } from '@fedward/kit-files';
import { keyPathsIn, readSecretFile, readSigner, type Passphrase, type Signer } from '@fedward/kit-keys';
import type { KeyedCertificate } from '@fedward/transport-nats';
import type { CoordinatorConfig } from '../config/read.js';
import { authorityPath } from '../hub/configuration.js';

/** What only the coordinator has: by it hospitals become members. */
export interface Office {
  readonly config: CoordinatorConfig;
  readonly signer: Signer;
  readonly authority: KeyedCertificate;
}

/** The name of the coordinator's key: that of its logs, too. */
export function coordinatorKeyName(federation: string): string {
  return `${federation}/coordinator`;
}

/** Where the authority's key is. */
export function authorityKeyPath({ paths }: CoordinatorConfig): string {
  return join(paths.authority, 'authority.key.json');
}

/**
 * Opens the coordinator's key and that of its authority.
 * @param passphrase asked for where they are encrypted, and once at most if it is a function that remembers
 * @throws {FedwardError} as `readSigner` and `readSecretFile`
 */
export async function openOffice(config: CoordinatorConfig, passphrase?: Passphrase): Promise<Office> {
  const { federation, paths } = config;
  const options = passphrase === undefined ? {} : { passphrase };
  const signer = await readSigner(keyPathsIn(paths.keys, coordinatorKeyName(federation)).private, options);
  const certificate = await authorityCertificate(config);
  return { config, signer, authority: { certificate, key: await readSecretFile(authorityKeyPath(config), options) } };
}

/** By which hub and members are known, PEM. @throws {FedwardError} FILE_NOT_FOUND */
export async function authorityCertificate(config: CoordinatorConfig): Promise<string> {
  const path = authorityPath(config);
  const text = await readTextIfThere(path);
  if (text === undefined)
    throw new FedwardError('FILE_NOT_FOUND', `${path} is gone: restore it from a backup of this folder`, path);
  return text;
}
