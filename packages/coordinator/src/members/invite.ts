import { join } from 'node:path';
import { FedwardError } from '@fedward/core';
import { writeFileAtomic } from '@fedward/kit-files';
import type { Signer } from '@fedward/kit-keys';
import { sealInvite } from '@fedward/transport-nats';
import type { CoordinatorConfig } from '../config/read.js';
import { exclusively } from './exclusive.js';
import { authorityCertificate } from './office.js';
import { assertFreeId, jsonFilesIn, readMembers } from './roster.js';

const suffix = '.invite.json';

/** The file of an invite. */
export function invitePath({ paths }: CoordinatorConfig, site: string): string {
  return join(paths.invites, `${site}${suffix}`);
}

/** Ids of those who were invited and are no members yet. */
export async function invitedIds({ paths }: CoordinatorConfig): Promise<string[]> {
  const names = await jsonFilesIn(paths.invites);
  return names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length));
}

/**
 * Writes what a hospital needs to ask to be a member. Nothing of it is secret, and nobody becomes a member by it.
 * @param signer the coordinator
 * @returns the file
 * @throws {FedwardError} CONFIG_INVALID for an id that can't be one, that is a member, or that differs from another by case alone
 */
export async function invite(
  config: CoordinatorConfig,
  signer: Signer,
  site: string,
  now: Date = new Date(),
): Promise<string> {
  return exclusively(config, async () => {
    const members = await readMembers(config);
    assertFreeId(site, [...members.map(({ id }) => id), ...(await invitedIds(config))]);
    if (members.some(({ id, state }) => id === site && state === 'active'))
      throw new FedwardError('CONFIG_INVALID', `${site} is a member already`, site);
    const path = invitePath(config, site);
    const { federation, hub } = config;
    const authority = await authorityCertificate(config);
    const issued = now.toISOString();
    await writeFileAtomic(path, sealInvite({ federation, site, servers: hub.servers, authority, issued }, signer));
    return path;
  });
}
