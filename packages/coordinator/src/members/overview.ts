import { certificateStanding, fingerprintOf } from '@fedward/transport-nats';
import type { CoordinatorConfig } from '../config/read.js';
import { invitedIds } from './invite.js';
import { waitingRequests } from './requests.js';
import { readMembers } from './roster.js';

/** A line of `fedward coordinator sites`. */
export interface SiteRow {
  readonly id: string;
  readonly state: 'member' | 'revoked' | 'asks' | 'invited' | 'unreadable';
  /** Of the key that was approved, or that asks. */
  readonly fingerprint: string | null;
  /** How it stands with its certificate, or why it is as it is. */
  readonly words: string;
  /** Null where nobody can say: the coordinator does not run. */
  readonly connected: boolean | null;
}

/**
 * Members, those who were, requests that wait and invites that nobody has answered, each kind by id.
 * @param coordinator verifier key of this coordinator
 * @param connected whether a member is connected, where that is known
 */
export async function overview(
  config: CoordinatorConfig,
  coordinator: string,
  connected: Readonly<Record<string, boolean>> | null,
  now: Date = new Date(),
): Promise<SiteRow[]> {
  const members = await readMembers(config);
  const rows: SiteRow[] = members.map(({ id, state, key, certificate, history }) => ({
    ...{ id, fingerprint: fingerprintOf(key) },
    ...(state === 'active'
      ? {
          state: 'member' as const,
          words: `its certificate ${certificateStanding(certificate, now).words}`,
          connected: connected && Object.hasOwn(connected, id) ? connected[id]! : null,
        }
      : { state: 'revoked' as const, words: revocation(history), connected: null }),
  }));
  for (const found of await waitingRequests(config, coordinator))
    rows.push(
      'fault' in found
        ? { id: found.path, state: 'unreadable', fingerprint: null, words: found.fault, connected: null }
        : {
            ...{ id: found.site.name, state: 'asks', fingerprint: fingerprintOf(found.site.verifierKey) },
            ...{ words: `fedward coordinator approve ${found.site.name}`, connected: null },
          },
    );
  const known = new Set(rows.filter(({ state }) => state !== 'revoked').map(({ id }) => id));
  for (const id of await invitedIds(config))
    if (!known.has(id))
      rows.push({ id, state: 'invited', fingerprint: null, words: 'no request yet', connected: null });
  return rows;
}

function revocation(
  history: readonly { readonly at: string; readonly what: string; readonly words: string }[],
): string {
  const last = history.findLast(({ what }) => what === 'revoked');
  return last ? `${last.at.slice(0, 10)}: ${last.words}` : '';
}
