import { readBytes } from '@fedward/kit-files';
import { readKey } from '@fedward/kit-keys';
import { certificateStanding, openWelcome, type CertificateStanding, type Welcome } from '@fedward/transport-nats';
import { siteFiles } from '../config/files.js';
import { readSiteConfig } from '../config/read.js';
import { takeCertificate } from './identity.js';

/** A site that is a member now. */
export interface Joined {
  readonly welcome: Welcome;
  readonly standing: CertificateStanding;
  /** Whether the hub is elsewhere than `site.yaml` says. */
  readonly moved: boolean;
}

/**
 * Takes a welcome: the certificate by which the hub knows the site.
 * @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID for what is none, or is for another federation, hospital or key;
 *   SIGNATURE_INVALID for what the coordinator has not signed; PROTOCOL_UNKNOWN
 */
export async function joinFederation(folder: string, path: string, now: Date = new Date()): Promise<Joined> {
  const config = await readSiteConfig(folder);
  const files = siteFiles(folder, config);
  const { verifierKey: key } = await readKey(files.keys, config.id);
  const text = new TextDecoder().decode(await readBytes(path, { mostBytes: 2 ** 20 }));
  const { federation, id: site } = config;
  const welcome = openWelcome(text, path, { federation, site, key, coordinator: config.coordinator.verifierKey });
  await takeCertificate(files, config, welcome, path);
  const moved = welcome.servers.join() !== config.hub.servers.join();
  return { welcome, standing: certificateStanding(welcome.certificate, now), moved };
}
