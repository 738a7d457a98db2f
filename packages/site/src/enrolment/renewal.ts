import {
  certificateStanding,
  parseRenewalAnswer,
  type CertificateStanding,
  type RenewalRequest,
} from '@fedward/transport-nats';
import type { SiteConfig } from '../config/schema.js';
import type { SiteFiles } from '../config/files.js';
import { readSiteIdentity, takeCertificate } from './identity.js';
import { pendingOrNew } from './pending.js';

/** Of `renewIfDue`. */
export interface RenewalOptions {
  readonly files: SiteFiles;
  readonly config: Pick<SiteConfig, 'federation' | 'id'>;
  /** Asks the coordinator by a signed request of the kind `renewalKind`, and gives its answer, verified. */
  readonly ask: (request: RenewalRequest) => Promise<unknown>;
  /** Of this machine. Default: its clock. */
  readonly now?: Date;
}

/**
 * Has the certificate renewed once two thirds of its time are over, for a new key. Until the answer is there the old one is
 * in use; what is broken off is asked for again.
 *
 * @returns how it stands with the certificate in use, and whether that is a new one: the connection has to be made anew then
 * @throws {FedwardError} what `ask` throws, such as MEMBER_REVOKED; FILE_INVALID for a certificate of another key or name
 */
export async function renewIfDue({
  files,
  config,
  ask,
  now = new Date(),
}: RenewalOptions): Promise<{ readonly renewed: boolean; readonly standing: CertificateStanding }> {
  const { certificate } = await readSiteIdentity(files);
  const standing = certificateStanding(certificate, now);
  if (standing.state === 'good' || standing.state === 'early') return { renewed: false, standing };
  const { request } = await pendingOrNew(files, config.id);
  const answer = parseRenewalAnswer(await ask({ request }));
  await takeCertificate(files, config, answer, 'the renewed certificate');
  return { renewed: true, standing: certificateStanding(answer.certificate, now) };
}
