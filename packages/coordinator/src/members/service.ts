import { readTextIfThere } from '@fedward/kit-files';
import { verifierOf, type Verifier } from '@fedward/kit-keys';
import { readIdentityPem, type KeyedCertificate } from '@fedward/transport-nats';
import type { CoordinatorConfig } from '../config/read.js';
import { certificateAt, federationCertificate, systemCertificate } from '../hub/certificates.js';
import type { Member } from './member.js';
import type { Office } from './office.js';
import { prepareHub } from './renewal.js';

/** By which the coordinator connects, PEM. */
export interface CoordinatorIdentity extends KeyedCertificate {
  readonly authority: string;
}

/** Who came and who went since the last look. */
export interface MembersChange {
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

/** Members as a coordinator has them that runs. */
export interface MembersService {
  /** Members, by id; nobody who was revoked. */
  active(): readonly Member[];
  /** By which a member's messages are checked; undefined for who is none: nothing of it is taken. */
  verifierOf(site: string): Verifier | undefined;
  /** By which the coordinator connects to an account: that of a member, the federation's, or the system's. */
  identity(account: 'federation' | 'system' | { readonly site: string }): CoordinatorIdentity;
  /** Looks who is a member now, and has the hub know it. To be called when members were changed, and now and then. */
  refresh(): Promise<MembersChange>;
  /** Ends the hourly look. */
  close(): void;
}

/** Of `openMembers`. */
export interface MembersOptions {
  readonly office: Office;
  /** Has the hub read its configuration and its certificate anew; absent where the hub is run by others. */
  readonly reload?: () => Promise<void>;
  /** Hears of a look that failed: it is taken again. */
  readonly onFailure: (error: unknown) => void;
}

const hour = 3600 * 1000;

/**
 * Members of a coordinator, their keys, and its own certificates, which are renewed before they end.
 * @throws {FedwardError} as `prepareHub`
 */
export async function openMembers({ office, reload, onFailure }: MembersOptions): Promise<MembersService> {
  const { config, authority } = office;
  let { members } = await prepareHub(office);
  let identities = await identitiesOf(config, members);
  let told = standing(members);
  /** Whether the hub has still to be told of something: a reload that failed is tried again. */
  let owed = false;
  const look = async (): Promise<MembersChange> => {
    const found = await prepareHub(office);
    identities = await identitiesOf(config, found.members);
    const change = changeBetween(members, found.members);
    members = found.members; // before the hub knows: nothing more is taken of who was revoked
    owed ||= found.certificate || told !== standing(members);
    told = standing(members);
    if (owed) await reload?.();
    owed = false;
    return change;
  };
  let last: Promise<unknown> = Promise.resolve();
  const refresh = (): Promise<MembersChange> => {
    const next = last.then(look);
    last = next.catch(() => undefined);
    return next;
  };
  const timer = setInterval(() => void refresh().catch(onFailure), hour).unref();
  return {
    active: () => members,
    verifierOf: (site) => {
      const member = members.find(({ id }) => id === site);
      return member && verifierOf(member.key);
    },
    identity: (account) => {
      const { path } = pathOf(config, account);
      return { ...identities.get(path)!, authority: authority.certificate };
    },
    refresh,
    close: () => clearInterval(timer),
  };
}

function changeBetween(before: readonly Member[], now: readonly Member[]): MembersChange {
  const not = (those: readonly Member[]) => {
    const ids = new Set(those.map(({ id }) => id));
    return ({ id }: Member): boolean => !ids.has(id);
  };
  const joined = now.filter(not(before)).map(({ id }) => id);
  return { joined, left: before.filter(not(now)).map(({ id }) => id) };
}

/** What the hub is told of members. */
function standing(members: readonly Member[]): string {
  return members.map(({ id, enrolment }) => `${id}/${enrolment}`).join();
}

type Account = Parameters<MembersService['identity']>[0];

function pathOf(config: CoordinatorConfig, account: Account): { readonly path: string } {
  if (account === 'federation') return federationCertificate(config);
  return account === 'system' ? systemCertificate(config) : certificateAt(config, account.site);
}

async function identitiesOf(
  config: CoordinatorConfig,
  members: readonly Member[],
): Promise<ReadonlyMap<string, KeyedCertificate>> {
  const accounts: Account[] = ['federation', 'system', ...members.map(({ id: site }) => ({ site }))];
  const found = new Map<string, KeyedCertificate>();
  for (const { path } of accounts.map((account) => pathOf(config, account)))
    found.set(path, readIdentityPem((await readTextIfThere(path)) ?? '', path));
  return found;
}
