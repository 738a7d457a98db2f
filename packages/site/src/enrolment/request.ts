import { join } from 'node:path';
import { version } from '@fedward/core';
import { writeFileAtomic } from '@fedward/kit-files';
import type { Signer } from '@fedward/kit-keys';
import { fingerprintOf, sealRequest } from '@fedward/transport-nats';
import type { SiteConfig } from '../config/schema.js';
import type { SiteFiles } from '../config/files.js';
import { pendingOrNew } from './pending.js';

/** A request as it is handed to the coordinator. */
export interface WrittenRequest {
  readonly path: string;
  /** What the coordinator's people are told over another channel. */
  readonly fingerprint: string;
}

/**
 * Writes the request to be a member, or, of one whose certificate has ended, to have a new one. Nothing of it is secret.
 * @param signer the site's own key
 */
export async function writeRequest(
  files: SiteFiles,
  { federation, id, coordinator }: Pick<SiteConfig, 'federation' | 'id' | 'coordinator'>,
  signer: Signer,
  now: Date = new Date(),
): Promise<WrittenRequest> {
  const { request } = await pendingOrNew(files, id);
  const path = join(files.folder, `${id}.request.json`);
  const words = { federation, site: id, coordinator: coordinator.verifierKey };
  await writeFileAtomic(path, sealRequest({ ...words, request, software: version, made: now.toISOString() }, signer));
  return { path, fingerprint: fingerprintOf(signer.verifierKey) };
}
