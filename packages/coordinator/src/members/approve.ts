import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { FedwardError } from '@fedward/core';
import { writeFileAtomic } from '@fedward/kit-files';
import { certify, fingerprintOf, identities, sealWelcome } from '@fedward/transport-nats';
import { certificateAt, renewOwn } from '../hub/certificates.js';
import { writeHubConfig } from '../hub/configuration.js';
import { exclusively } from './exclusive.js';
import { invitePath } from './invite.js';
import { assertUnused, certified, withEvent, type Member } from './member.js';
import type { Office } from './office.js';
import { requestPath, type FoundRequest } from './requests.js';
import { assertFreeId, readMembers, writeMember } from './roster.js';

/** A hospital that is a member now. */
export interface Approved {
  readonly member: Member;
  /** The file that it needs. */
  readonly welcome: string;
}

/**
 * Makes a hospital a member: its certificate, the coordinator's own for the hospital's account, the hub's configuration, and
 * the welcome. A request by the key of a member gives it a new certificate. What is broken off is done by the same again.
 *
 * @param request one whose fingerprint was compared
 * @throws {FedwardError} CONFIG_INVALID for a hospital that is a member by another key, for a key that was revoked, an id that
 *   differs from another by case alone, and where the hub has no more room; MESSAGE_INVALID as `certify`;
 *   REQUEST_USED for one from before the newest
 */
export async function approve(
  office: Office,
  { request, site }: FoundRequest,
  now: Date = new Date(),
): Promise<Approved> {
  const { config, authority, signer } = office;
  const { federation, hub, paths } = config;
  return exclusively(config, async () => {
    const members = await readMembers(config);
    const known = members.find(({ id }) => id === site.name);
    assertApprovable(office, members, known, { id: site.name, key: site.verifierKey });
    const again = known?.state === 'active';
    if (known) assertUnused(known, request.request);
    const enrolment = known === undefined ? 1 : known.enrolment + (again ? 0 : 1);
    const certificate = await certificateFor(office, site.name, enrolment, request.request);
    const member = withEvent(
      {
        ...{ v: 1, federation, id: site.name, state: 'active', key: site.verifierKey },
        ...{ formerKeys: known?.formerKeys ?? [], enrolment, certificate, request: request.request },
        formerRequests: known ? certified(known, request.request, certificate).formerRequests : [],
        history: known?.history ?? [],
      },
      'approved',
      `fingerprint ${fingerprintOf(site.verifierKey)}`,
      now,
    );
    await writeMember(config, member);
    await renewOwn(authority, [certificateAt(config, member.id)], now);
    await writeHubConfig(config, await readMembers(config));
    const welcome = join(paths.welcome, `${member.id}.welcome.json`);
    const words = { federation, site: member.id, key: member.key, approved: now.toISOString() };
    const answer = { certificate, authority: authority.certificate, servers: hub.servers };
    await writeFileAtomic(welcome, sealWelcome({ ...words, ...answer }, signer));
    for (const done of [requestPath(config, member.id), invitePath(config, member.id)]) await rm(done, { force: true });
    return { member, welcome };
  });
}

/** A certificate of a member's, for the key of its request. */
export async function certificateFor(
  { config, authority }: Office,
  site: string,
  enrolment: number,
  request: string,
): Promise<string> {
  const uri = identities.site(config.federation, site, enrolment);
  return certify(authority, request, { commonName: site, uri, usage: 'client', days: config.certificates.days });
}

function assertApprovable(
  { config }: Office,
  members: readonly Member[],
  known: Member | undefined,
  asked: { readonly id: string; readonly key: string },
): void {
  const { id, key } = asked;
  const refuse = (why: string): never => {
    throw new FedwardError('CONFIG_INVALID', why, id);
  };
  assertFreeId(id, members.map((member) => member.id)); // prettier-ignore
  if (known?.state === 'active' && known.key !== key)
    refuse(`${id} is a member by another key (${fingerprintOf(known.key)}): revoke that first, if the hospital has lost it`); // prettier-ignore
  if (known?.formerKeys.includes(key) || (known?.state === 'revoked' && known.key === key))
    refuse(`${id} was revoked under this key: the hospital begins anew, in a new folder, with a key of its own making`);
  const active = members.filter(({ state }) => state === 'active').length;
  const { mostSites } = config.hub.room;
  if (known?.state !== 'active' && active >= mostSites)
    refuse(`the hub has room for ${mostSites} hospitals: raise hub.room.mostSites in coordinator.yaml, and start the hub anew`); // prettier-ignore
}
