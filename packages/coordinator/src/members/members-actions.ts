import {
  confirmed,
  newPassphrase,
  note,
  passphraseOnce,
  printJson,
  printLine,
  printTable,
  type Terminal,
} from '@fedward/cli/command';
import { wordsOf } from '@fedward/core';
import { keyPathsIn, readKey, readSigner } from '@fedward/kit-keys';
import { assertFingerprint, fingerprintOf } from '@fedward/transport-nats';
import { coordinatorFolder, readCoordinatorConfig, type CoordinatorConfig } from '../config/read.js';
import { findServer } from '../hub/server.js';
import { approve } from './approve.js';
import { hubWords } from './hub-words.js';
import { initCoordinator } from './init.js';
import { newCoordinator, type InitWishes } from './init-options.js';
import { invite } from './invite.js';
import { coordinatorKeyName, openOffice } from './office.js';
import { overview } from './overview.js';
import { readRequest, type FoundRequest } from './requests.js';
import { revoke } from './revoke.js';
import { readMembers } from './roster.js';
import { askConnected, tellDaemon } from './tell-daemon.js';

/** What all commands of members take. */
export interface CoordinatorFlags {
  readonly folder?: string;
  readonly passphraseFile?: string;
  readonly json?: boolean;
}
export interface InitFlags extends CoordinatorFlags, InitWishes {}
export interface ApproveFlags extends CoordinatorFlags {
  readonly fingerprint?: string;
  readonly yes?: boolean;
}
export interface RevokeFlags extends CoordinatorFlags {
  readonly reason: string;
}

export async function initAction(flags: InitFlags, terminal: Terminal = process): Promise<void> {
  const folder = coordinatorFolder(flags.folder);
  const made = newCoordinator(flags);
  const passphrase = await newPassphrase(coordinatorKeyName(flags.federation), flags.passphraseFile, terminal);
  const { config, fingerprint } = await initCoordinator({
    ...{ ...made, folder },
    ...(passphrase !== undefined && { passphrase }),
  });
  if (flags.json) return printJson({ folder, federation: config.federation, fingerprint, servers: config.hub.servers });
  printLine(`made the coordinator of ${config.federation} in ${folder}`);
  printLine(`  fingerprint: ${fingerprint}`);
  printLine(`  hospitals reach it at ${config.hub.servers.join(', ')}`);
  note(
    `Look at ${config.paths.config}. Keep a copy of ${config.paths.keys} and ${config.paths.authority} where nobody else comes: ` +
      'without them no hospital can be taken in, or asked anything. Then: fedward coordinator start, and fedward coordinator ' +
      'invite SITE for each hospital.',
  );
  note(config.hub.start ? await serverWords(config) : hubWords(config));
}

/** Which nats-server there is, or how to get one. */
async function serverWords({ hub }: CoordinatorConfig): Promise<string> {
  return findServer(hub.binary).then(
    ({ path, version, notice }) => notice ?? `The hub will be ${path}, nats-server ${version}.`,
    wordsOf,
  );
}

export async function inviteAction(site: string, flags: CoordinatorFlags): Promise<void> {
  const config = await configOf(flags);
  const name = coordinatorKeyName(config.federation);
  const passphrase = passphraseOnce(name, flags.passphraseFile);
  const signer = await readSigner(keyPathsIn(config.paths.keys, name).private, { passphrase });
  const path = await invite(config, signer, site);
  const fingerprint = fingerprintOf(signer.verifierKey);
  if (flags.json) return printJson({ site, path, fingerprint });
  printLine(`invite:      ${path}`);
  printLine(`fingerprint: ${fingerprint}`);
  note(`Send the file to ${site}, and tell its people the fingerprint over another channel, such as a call.`);
}

export async function sitesAction(flags: CoordinatorFlags): Promise<void> {
  const config = await configOf(flags);
  const rows = await overview(config, await verifierKeyOf(config), await askConnected(config));
  if (flags.json) return printJson({ federation: config.federation, sites: rows });
  if (rows.length === 0) return printLine('no members, no requests, no invites: fedward coordinator invite SITE');
  printTable(
    ['Hospital', 'Standing', 'Connected', 'Fingerprint', ''],
    rows.map(({ id, state, connected, fingerprint, words }) => [
      ...[id, state, connected === null ? '' : connected ? 'yes' : 'no', fingerprint ?? '', words],
    ]),
  );
}

export async function approveAction(named: string, flags: ApproveFlags, terminal: Terminal = process): Promise<void> {
  const config = await configOf(flags);
  const found = await readRequest(config, named, await verifierKeyOf(config));
  await assertCompared(config, found, flags, terminal);
  const office = await openOffice(config, passphraseOnce(coordinatorKeyName(config.federation), flags.passphraseFile));
  const { member, welcome } = await approve(office, found);
  const told = config.hub.start && (await tellDaemon(config));
  if (flags.json) return printJson({ site: member.id, welcome, fingerprint: fingerprintOf(member.key), hubTold: told });
  printLine(`${member.id} is a member of ${config.federation}`);
  printLine(`  welcome: ${welcome}`);
  note(`Send the welcome to ${member.id}: fedward site join FILE takes it there. Nothing of it is secret.`);
  noteOfHub(config, told, 'The hub takes the member in when the coordinator starts.');
}

export async function revokeAction(site: string, flags: RevokeFlags): Promise<void> {
  const config = await configOf(flags);
  await revoke(config, site, flags.reason);
  const told = config.hub.start && (await tellDaemon(config));
  if (flags.json) return printJson({ site, state: 'revoked', hubTold: told });
  printLine(`${site} is a member of ${config.federation} no longer`);
  noteOfHub(
    config,
    told,
    'The coordinator does not run; a hub that does keeps its connection until the coordinator starts.',
  );
}

/** A member's own key needs no second look: what is asked for then is a new certificate. */
async function assertCompared(
  config: CoordinatorConfig,
  { request, site }: FoundRequest,
  { fingerprint, yes }: ApproveFlags,
  terminal: Terminal,
): Promise<void> {
  if (fingerprint !== undefined) return assertFingerprint(fingerprint, site.verifierKey);
  const known = (await readMembers(config)).find(({ id }) => id === site.name);
  if (yes || (known?.state === 'active' && known.key === site.verifierKey)) return;
  note(`${site.name} asks to be a member of ${request.federation} (fedward ${request.software}, ${request.made})`);
  note(`Its fingerprint is ${fingerprintOf(site.verifierKey)}`);
  await confirmed(
    'Is it the one that its people have told you over another channel?',
    '--fingerprint, or --yes where it was compared',
    terminal,
  );
}

function noteOfHub(config: CoordinatorConfig, told: boolean, otherwise: string): void {
  if (!config.hub.start) note(hubWords(config));
  else if (!told) note(otherwise);
}

async function configOf({ folder }: CoordinatorFlags): Promise<CoordinatorConfig> {
  return readCoordinatorConfig(coordinatorFolder(folder));
}

async function verifierKeyOf({ federation, paths }: CoordinatorConfig): Promise<string> {
  return (await readKey(paths.keys, coordinatorKeyName(federation))).verifierKey;
}
