import { writeFileAtomic } from '@fedward/kit-files';
import { hubConfig } from '@fedward/transport-nats';
import { join } from 'node:path';
import type { CoordinatorConfig } from '../config/read.js';
import { roomOf } from '../config/schema.js';
import { hubCertificate } from './certificates.js';
import { findServer, knowsSync } from './server.js';
import type { Member } from '../members/member.js';

/** Where the authority's certificate is, PEM. */
export function authorityPath({ paths }: CoordinatorConfig): string {
  return join(paths.authority, 'authority.pem');
}

/**
 * Writes what nats-server is to read: an account for each hospital that is a member, and none for one that was revoked.
 * @param members all that the coordinator knows
 * @throws {FedwardError} CONFIG_INVALID for more members than there is room for; STORAGE_FAILED
 */
export async function writeHubConfig(config: CoordinatorConfig, members: readonly Member[]): Promise<void> {
  const { federation, hub, paths } = config;
  const { path } = hubCertificate(config);
  const active = members.filter(({ state }) => state === 'active');
  const text = hubConfig({
    federation,
    listen: hub.listen,
    ...(hub.websocket !== null && { websocket: hub.websocket }),
    ...(hub.monitoring !== null && { monitoring: hub.monitoring }),
    tls: { certificate: path, key: path, authority: authorityPath(config) },
    storeDir: paths.hubStore,
    sites: active.map(({ id }) => id),
    enrolments: new Map(active.map(({ id, enrolment }) => [id, enrolment])),
    room: roomOf(hub),
    syncAlways: await waitsForDisk(config),
  });
  await writeFileAtomic(paths.hubConfig, text);
}

/** Of a server that is not installed yet nothing is known but that it should be one for patients' studies. */
async function waitsForDisk({ hub }: CoordinatorConfig): Promise<boolean> {
  if (!hub.start) return hub.version === null || knowsSync(hub.version);
  return findServer(hub.binary).then(
    ({ syncAlways }) => syncAlways,
    () => true,
  );
}
