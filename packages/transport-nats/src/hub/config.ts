import { FedwardError } from '@fedward/core';
import { identities, inboxOf, streams, taskConsumer, assertMemberId } from '../subjects.js';

/** What a hub is to be: one nats-server with an account for the federation and one for each hospital. */
export interface HubPlan {
  readonly federation: string;
  /** `host:port` for the coordinator and whoever is in its network. */
  readonly listen: string;
  /** `host:port` of the hospitals' route: WebSocket in TLS, on 443 where proxies are in between. Absent: none. */
  readonly websocket?: string;
  /** `host:port` of the hub's own monitoring, without any protection. Absent: none. */
  readonly monitoring?: string;
  /** Paths of PEM files. */
  readonly tls: { readonly certificate: string; readonly key: string; readonly authority: string };
  /** Where it keeps streams. */
  readonly storeDir: string;
  /** Ids of the hospitals, none of which sees anything of another. */
  readonly sites: readonly string[];
  /** How often a hospital was enrolled, where that is more than once. */
  readonly enrolments?: ReadonlyMap<string, number>;
  /**
   * Room on the disk of each account, bytes: the server reserves it, for so many hospitals as there can be. It can't be
   * changed while the server runs.
   */
  readonly room: { readonly federation: number; readonly site: number; readonly mostSites: number };
  /** Waits for the disk before it says that a message is kept. Servers before 2.10 don't know it, and don't start with it. */
  readonly syncAlways?: boolean;
}

/** Connections of one hospital: its own, the coordinator's in its account, and both once more while they are renewed. */
const connections = 8;

/**
 * The configuration file of nats-server. Who connects is known by its certificate alone (`verify_and_map`), so that there is
 * no second secret that could be of somebody else. Each hospital has an account of its own: in one account permissions do
 * not hold, since the reply subject of a request is not checked, and JetStream publishes its answer there.
 *
 * @throws {FedwardError} CONFIG_INVALID for an id that can't be one, and for more hospitals than there is room for
 */
export function hubConfig(plan: HubPlan): string {
  const { federation, listen, websocket, monitoring, storeDir, sites, enrolments, room, syncAlways = true } = plan;
  for (const id of [federation, ...sites]) assertMemberId(id);
  if (sites.length > room.mostSites)
    throw new FedwardError('CONFIG_INVALID', `the hub has room for ${room.mostSites} hospitals, not for ${sites.length}`, 'sites'); // prettier-ignore
  const tls = tlsOf(plan);
  const down = `$JS.API.DIRECT.GET.${streams.down}.>`;
  const accounts = [
    account('SYS', [`users: [ { user: ${quoted(identities.system(federation))} } ]`]),
    account('FED', [
      jetstream(room.federation, { streams: 4, consumers: 16 }),
      `users: [ { user: ${quoted(identities.coordinator(federation))} } ]`,
      ...(sites.length > 0
        ? [`exports: [ { service: ${quoted(down)}, accounts: [ ${sites.map(accountOf).join(', ')} ] } ]`]
        : []),
    ]),
    ...sites.map((id) =>
      account(accountOf(id), [
        jetstream(room.site, { streams: 8, consumers: 8 }),
        `limits { max_connections: ${connections}, max_subs: 256 }`,
        `imports: [ { service: { account: FED, subject: ${quoted(down)} } } ]`,
        'users: [',
        `  { user: ${quoted(identities.coordinatorAt(federation, id))} }`,
        `  { user: ${quoted(identities.site(federation, id, enrolments?.get(id)))}, permissions: {`,
        `      publish: { allow: [ ${sitePublishes.map(quoted).join(', ')} ] }`,
        `      subscribe: { allow: [ ${quoted(`${inboxOf(id)}.>`)} ] } } }`,
        ']',
      ]),
    ),
  ];
  return [
    '# Made by fedward. Changes belong where it was made from: this file is written anew with each member.',
    `server_name: ${quoted(federation)}`,
    `listen: ${quoted(listen)}`,
    ...(monitoring === undefined ? [] : [`http: ${quoted(monitoring)}`]),
    'max_payload: 1MB',
    'max_pending: 64MB',
    'write_deadline: "30s"',
    'ping_interval: "20s"',
    'ping_max: 3',
    `tls ${tls}`,
    ...(websocket === undefined ? [] : [`websocket { listen: ${quoted(websocket)}, compression: false, tls ${tls} }`]),
    'jetstream {',
    `  store_dir: ${quoted(storeDir)}`,
    '  max_mem: 16MB',
    `  max_file: ${room.federation + room.site * room.mostSites}`,
    ...(syncAlways ? ['  sync_interval: always'] : []),
    '}',
    'accounts {',
    ...accounts.flatMap((lines) => lines.map((line) => `  ${line}`)),
    '}',
    'system_account: SYS',
    '',
  ].join('\n');
}

/** All that a hospital may send: answers, chunks, that it is there, and questions to JetStream that change nothing. */
export const sitePublishes: readonly string[] = [
  'fw.v1.result.>',
  'fw.v1.up.>',
  'fw.v1.presence',
  'fw.v1.request.>',
  'fw.v1.log',
  `$JS.API.STREAM.INFO.${streams.up}`,
  `$JS.API.CONSUMER.INFO.${streams.tasks}.${taskConsumer}`,
  `$JS.API.CONSUMER.MSG.NEXT.${streams.tasks}.${taskConsumer}`,
  `$JS.ACK.${streams.tasks}.${taskConsumer}.>`,
  `$JS.API.DIRECT.GET.${streams.down}.>`,
];

/** The account of a hospital. */
export function accountOf(site: string): string {
  return `SITE_${site}`;
}

function account(name: string, lines: readonly string[]): string[] {
  return [`${name} {`, ...lines.map((line) => `  ${line}`), '}'];
}

function jetstream(room: number, most: { readonly streams: number; readonly consumers: number }): string {
  return `jetstream { max_mem: 0, max_file: ${room}, max_streams: ${most.streams}, max_consumers: ${most.consumers} }`;
}

function tlsOf({ tls: { certificate, key, authority } }: HubPlan): string {
  return [
    '{',
    `  cert_file: ${quoted(certificate)}`,
    `  key_file: ${quoted(key)}`,
    `  ca_file: ${quoted(authority)}`,
    '  verify_and_map: true',
    '  timeout: 5',
    '}',
  ].join('\n');
}

/** As the server's own parser reads text in double quotes. */
function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
