import { mkdir, readdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { FedwardError } from '@fedward/core';
import { hasErrno, makeFolder, storageFailure, writeFileAtomic } from '@fedward/kit-files';
import { createKey, readSigner, type Verifier } from '@fedward/kit-keys';
import type { Invite } from '@fedward/transport-nats';
import { siteFiles } from '../config/files.js';
import { parseSiteConfig } from '../config/schema.js';
import { writeSiteConfig } from '../config/write.js';
import { writeRequest, type WrittenRequest } from './request.js';

/** What a site begins with. */
export interface BeginOptions {
  readonly folder: string;
  /** Whose fingerprint was compared. */
  readonly invite: Invite;
  readonly coordinator: Verifier;
  /** Of the hospital's key. Without one the rights of its file alone protect it. */
  readonly passphrase?: string;
  /** The file that the daemon finds it in. */
  readonly passphraseFile?: string;
}

/**
 * Makes a site's folder: the hospital's key, a key for its connection, `site.yaml`, and the request to be a member. The
 * configuration is written last: where it is, all is.
 *
 * @throws {FedwardError} CONFIG_INVALID for a folder that holds something; STORAGE_FAILED
 */
export async function beginEnrolment(options: BeginOptions): Promise<WrittenRequest & { readonly config: string }> {
  const { invite, coordinator, passphrase, passphraseFile } = options;
  const folder = resolve(options.folder);
  const known = {
    federation: invite.federation,
    id: invite.site,
    coordinator: { verifierKey: coordinator.verifierKey },
    hub: { servers: [...invite.servers] },
    ...(passphraseFile !== undefined && { keys: { folder: 'keys', passphraseFile: resolve(passphraseFile) } }),
  };
  const config = parseSiteConfig({ schemaVersion: 1, ...known });
  const files = siteFiles(folder, config);
  await claim(folder);
  const locked = passphrase !== undefined && { passphrase };
  await createKey({ directory: files.keys, name: config.id, ...locked });
  await writeFileAtomic(files.authority, invite.authority);
  const request = await writeRequest(files, config, await readSigner(files.key, { ...locked }));
  return { ...request, config: await writeSiteConfig(folder, known) };
}

/** What is there is never made anew: a member's key can't be had again. */
async function claim(folder: string): Promise<void> {
  await makeFolder(dirname(folder));
  try {
    await mkdir(folder, 0o700);
  } catch (error) {
    if (!hasErrno(error, 'EEXIST')) throw storageFailure('write', folder, error);
    const held = await readdir(folder).catch(() => ['it is no folder']);
    if (held.includes('site.yaml'))
      throw new FedwardError(
        'CONFIG_INVALID',
        `there is a site in ${folder} already: fedward site request writes its request anew`,
        folder,
      );
    if (held.length > 0)
      throw new FedwardError(
        'CONFIG_INVALID',
        `${folder} holds something already: a site begins in a new folder (what a broken init left may be removed)`,
        folder,
      );
  }
}
