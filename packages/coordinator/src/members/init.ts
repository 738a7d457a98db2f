import { mkdir, readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FedwardError } from '@fedward/core';
import { hasErrno, makeFolder, storageFailure, writeFileAtomic } from '@fedward/kit-files';
import { createKey, createSecretFile } from '@fedward/kit-keys';
import { assertMemberId, createAuthority, fingerprintOf } from '@fedward/transport-nats';
import { parse } from 'yaml';
import { coordinatorPaths } from '../config/paths.js';
import { readCoordinatorConfig, type CoordinatorConfig } from '../config/read.js';
import { parseCoordinator } from '../config/schema.js';
import { coordinatorYaml, type NewCoordinator } from '../config/write.js';
import { ownCertificates, renewOwn } from '../hub/certificates.js';
import { authorityPath, writeHubConfig } from '../hub/configuration.js';
import { authorityKeyPath, coordinatorKeyName } from './office.js';

/** What a coordinator begins with. */
export interface InitOptions extends NewCoordinator {
  readonly folder: string;
  /** Encrypts the coordinator's key and that of the authority. Without one the rights of the files alone protect them. */
  readonly passphrase?: string;
}

/** A coordinator that was made. */
export interface NewlyMade {
  readonly config: CoordinatorConfig;
  /** What hospitals are told over another channel. */
  readonly fingerprint: string;
}

/**
 * Makes a coordinator's folder: its key, an authority of certificates of its own, those of hub and coordinator, and the
 * hub's configuration. `coordinator.yaml` is written last: where it is, all is.
 *
 * @throws {FedwardError} CONFIG_INVALID for a folder that holds something, and for options that can't be; STORAGE_FAILED
 */
export async function initCoordinator({ folder, passphrase, ...made }: InitOptions): Promise<NewlyMade> {
  assertMemberId(made.federation);
  const paths = coordinatorPaths(resolve(folder));
  const text = coordinatorYaml(made);
  const config = { ...parseCoordinator(parse(text), paths.config), paths };
  await claim(paths.folder);
  const locked = passphrase !== undefined && { passphrase };
  const name = coordinatorKeyName(made.federation);
  const { verifierKey } = await createKey({ directory: paths.keys, name, ...locked });
  const authority = await createAuthority(`${made.federation} authority`);
  await createSecretFile(authorityKeyPath(config), authority.key, { name: `${made.federation} authority`, ...locked });
  await writeFileAtomic(authorityPath(config), authority.certificate);
  await renewOwn(authority, ownCertificates(config, []));
  await makeFolder(paths.hubStore);
  await makeFolder(paths.members);
  await writeHubConfig(config, []);
  await writeFileAtomic(paths.config, text);
  return { config: await readCoordinatorConfig(paths.folder), fingerprint: fingerprintOf(verifierKey) };
}

/** What is there is never made anew: keys and members hang on it. */
async function claim(folder: string): Promise<void> {
  await makeFolder(resolve(folder, '..'));
  try {
    await mkdir(folder, 0o700);
  } catch (error) {
    if (!hasErrno(error, 'EEXIST')) throw storageFailure('write', folder, error);
    const held = await readdir(folder).catch(() => ['it is no folder']);
    if (held.length > 0)
      throw new FedwardError(
        'CONFIG_INVALID',
        `${folder} holds something already: a coordinator begins in a new folder (what a broken init left may be removed)`,
        folder,
      );
  }
}
