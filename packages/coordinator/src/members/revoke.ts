import { FedwardError } from '@fedward/core';
import type { CoordinatorConfig } from '../config/read.js';
import { writeHubConfig } from '../hub/configuration.js';
import { exclusively } from './exclusive.js';
import { withEvent, type Member } from './member.js';
import { readMembers, writeMember } from './roster.js';

/**
 * A hospital is a member no longer: from now on nothing that it signs is taken. Its connection is closed once the hub has read
 * its configuration anew. Doing it twice does no harm.
 *
 * @param reason for people
 * @throws {FedwardError} CONFIG_INVALID for one that never was a member
 */
export async function revoke(
  config: CoordinatorConfig,
  site: string,
  reason: string,
  now: Date = new Date(),
): Promise<Member> {
  return exclusively(config, async () => {
    const members = await readMembers(config);
    const member = members.find(({ id }) => id === site);
    if (!member) throw new FedwardError('CONFIG_INVALID', `there is no member ${site}`, site);
    const revoked: Member =
      member.state === 'revoked'
        ? member
        : withEvent({ ...member, state: 'revoked', formerKeys: [...member.formerKeys, member.key] }, 'revoked', reason, now); // prettier-ignore
    await writeMember(config, revoked);
    await writeHubConfig(config, await readMembers(config));
    return revoked;
  });
}
