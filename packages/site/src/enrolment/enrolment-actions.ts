import {
  confirmed,
  newPassphrase,
  note,
  passphraseOf,
  printJson,
  printLine,
  type Terminal,
} from '@fedward/cli/command';
import { readBytes } from '@fedward/kit-files';
import { readSigner } from '@fedward/kit-keys';
import { assertFingerprint, fingerprintOf, openInvite } from '@fedward/transport-nats';
import { siteFiles } from '../config/files.js';
import { readSiteConfig } from '../config/read.js';
import { beginEnrolment } from './begin.js';
import { joinFederation } from './join.js';
import { writeRequest } from './request.js';
import { siteFolder } from './site-folder.js';

/** What all commands of enrolment take. */
export interface SiteFlags {
  readonly folder?: string;
  readonly passphraseFile?: string;
  readonly json?: boolean;
}

export interface InitFlags extends SiteFlags {
  readonly invite: string;
  readonly fingerprint?: string;
  readonly yes?: boolean;
}

export async function initAction(flags: InitFlags, terminal: Terminal = process): Promise<void> {
  const folder = siteFolder(flags.folder);
  const text = new TextDecoder().decode(await readBytes(flags.invite, { option: '--invite', mostBytes: 2 ** 20 }));
  const { invite, coordinator } = openInvite(text, flags.invite);
  const own = fingerprintOf(coordinator.verifierKey);
  if (flags.fingerprint !== undefined) assertFingerprint(flags.fingerprint, coordinator.verifierKey);
  else if (!flags.yes) {
    note(`The coordinator of ${invite.federation} has the fingerprint ${own}`);
    await confirmed(
      'Is it the one that its people have told you over another channel?',
      '--fingerprint, or --yes where it was compared',
      terminal,
    );
  }
  const { passphraseFile } = flags;
  const passphrase = await newPassphrase(invite.site, passphraseFile, terminal);
  const made = await beginEnrolment({
    ...{ folder, invite, coordinator },
    ...(passphrase !== undefined && { passphrase }),
    ...(passphraseFile !== undefined && { passphraseFile }),
  });
  const { federation, site: id } = invite;
  if (flags.json) return printJson({ folder, federation, id, coordinator: own, ...made });
  printLine(`made the site ${id} of ${federation} in ${folder}`);
  printLine(`  request:     ${made.path}`);
  printLine(`  fingerprint: ${made.fingerprint}`);
  note(
    `Send the request to the coordinator, and tell its people the fingerprint over another channel, such as a call. Meanwhile say in ${made.config} ` +
      'which records take part, and by which rules. The welcome that comes back: fedward site join FILE.',
  );
}

export async function requestAction(flags: SiteFlags, terminal: Terminal = process): Promise<void> {
  const folder = siteFolder(flags.folder);
  const config = await readSiteConfig(folder);
  const files = siteFiles(folder, config);
  const file = flags.passphraseFile ?? config.keys.passphraseFile;
  const signer = await readSigner(files.key, { passphrase: () => passphraseOf(config.id, file, terminal) });
  const made = await writeRequest(files, config, signer);
  if (flags.json) return printJson({ folder, ...made });
  printLine(`request:     ${made.path}`);
  printLine(`fingerprint: ${made.fingerprint}`);
}

export async function joinAction(file: string, flags: SiteFlags): Promise<void> {
  const folder = siteFolder(flags.folder);
  const { welcome, standing, moved } = await joinFederation(folder, file);
  const { federation, site, servers } = welcome;
  if (flags.json) return printJson({ folder, federation, site, certificate: standing, servers, moved });
  printLine(`${site} is a member of ${federation}; its certificate ${standing.words}`);
  if (moved) note(`The hub is at ${servers.join(', ')} now: say so in hub.servers of site.yaml.`);
  if (standing.state === 'ended' || standing.state === 'early')
    note(`By this clock the hub would not be reached: the certificate ${standing.words}.`);
  else note('It is renewed by itself. Go on with fedward site start.');
}
