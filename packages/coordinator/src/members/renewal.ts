import { FedwardError, sha256 } from '@fedward/core';
import { certificateStanding, parseRenewalRequest, readCertificate, type RenewalAnswer } from '@fedward/transport-nats';
import { hubCertificate, ownCertificates, renewOwn } from '../hub/certificates.js';
import { writeHubConfig } from '../hub/configuration.js';
import { certificateFor } from './approve.js';
import { exclusively } from './exclusive.js';
import { assertUnused, certified, withEvent, type Member } from './member.js';
import type { Office } from './office.js';
import { readMembers, writeMember } from './roster.js';

/** Between two certificates for different keys of one hospital: who asks more often is out of order. */
const leastMilliseconds = 3600 * 1000;

/**
 * Answers a member that asks for a new certificate (`renewalKind`). Who asks again with the same request, since the answer was
 * lost, gets the same certificate.
 *
 * @param site whose key has signed the question
 * @param question its body, as it came
 * @throws {FedwardError} MEMBER_REVOKED for who is no member; CONFIG_INVALID and MESSAGE_INVALID for what is no request;
 *   RENEWAL_TOO_OFTEN; REQUEST_USED for a request that was answered before its certificate was due
 */
export async function answerRenewal(
  office: Office,
  site: string,
  question: unknown,
  now: Date = new Date(),
): Promise<RenewalAnswer> {
  const { request } = parseRenewalRequest(question);
  const { config, authority } = office;
  const answer = (certificate: string): RenewalAnswer => ({
    certificate,
    authority: authority.certificate,
    servers: config.hub.servers,
  });
  return exclusively(config, async () => {
    const member = (await readMembers(config)).find(({ id }) => id === site);
    if (member?.state !== 'active')
      throw new FedwardError('MEMBER_REVOKED', `${site} is no member of ${config.federation}`, site);
    const { state } = certificateStanding(member.certificate, now);
    if (member.request === request && state === 'good') return answer(member.certificate);
    // A key is certified once: it may be somebody else's by now, who has kept the request, too.
    assertUnused({ ...member, formerRequests: [...member.formerRequests, sha256(member.request)] }, request);
    const renewed = member.history.findLast(({ what }) => what === 'renewed');
    if (renewed && Math.abs(now.getTime() - Date.parse(renewed.at)) < leastMilliseconds)
      throw new FedwardError('RENEWAL_TOO_OFTEN', `${site} had a new certificate at ${renewed.at}: ask once an hour at most`, site); // prettier-ignore
    const certificate = await certificateFor(office, site, member.enrolment, request);
    const until = readCertificate(certificate).notAfter.toISOString();
    await writeMember(config, withEvent(certified(member, request, certificate), 'renewed', `until ${until}`, now));
    return answer(certificate);
  });
}

/** What a hub is to be told. */
export interface HubChange {
  /** Whoever is a member, by id. */
  readonly members: readonly Member[];
  /** Whether the hub has another certificate than before. */
  readonly certificate: boolean;
}

/**
 * What has to be there for the hub: its certificate and the coordinator's own, made where they are missing and anew where they
 * are due, and its configuration.
 */
export async function prepareHub(office: Office, now: Date = new Date()): Promise<HubChange> {
  const { config, authority } = office;
  return exclusively(config, async () => {
    const members = (await readMembers(config)).filter(({ state }) => state === 'active');
    const own = ownCertificates(config, members.map(({ id }) => id)); // prettier-ignore
    const made = await renewOwn(authority, own, now);
    await writeHubConfig(config, members);
    return { members, certificate: made.includes(hubCertificate(config).path) };
  });
}
