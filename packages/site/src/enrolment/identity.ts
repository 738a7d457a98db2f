import { rm } from 'node:fs/promises';
import { FedwardError } from '@fedward/core';
import { readTextIfThere, writeFileAtomic } from '@fedward/kit-files';
import {
  identities,
  identityPem,
  isIssuedBy,
  isKeyOf,
  readCertificate,
  readIdentityPem,
  type KeyedCertificate,
} from '@fedward/transport-nats';
import type { SiteConfig } from '../config/schema.js';
import type { SiteFiles } from '../config/files.js';
import { readPending } from './pending.js';

/** By which the hub knows the site, and the site knows the hub: PEM. */
export interface SiteIdentity extends KeyedCertificate {
  readonly authority: string;
}

/**
 * What the site connects with: read anew at each connection, so that a certificate that was renewed is used.
 * @throws {FedwardError} CONFIG_INVALID where it is no member yet, saying what to do; FILE_INVALID
 */
export async function readSiteIdentity(files: SiteFiles): Promise<SiteIdentity> {
  const [text, authority] = [await readTextIfThere(files.identity), await readTextIfThere(files.authority)];
  if (text !== undefined && authority !== undefined) return { ...readIdentityPem(text, files.identity), authority };
  throw new FedwardError(
    'CONFIG_INVALID',
    `the site in ${files.folder} is no member yet: when the coordinator has approved it, fedward site join FILE takes its welcome`,
    files.identity,
  );
}

/** A certificate, as it comes with a welcome or an answer. */
export interface Issued {
  readonly certificate: string;
  readonly authority: string;
}

/**
 * Takes a certificate into use: with the key that waited for it, or the one in use already. It is on the disk when this
 * resolves, and the old one is there until it is.
 *
 * @param where what an error names
 * @throws {FedwardError} FILE_INVALID for one of another key, another authority or another name
 */
export async function takeCertificate(
  files: SiteFiles,
  { federation, id }: Pick<SiteConfig, 'federation' | 'id'>,
  { certificate, authority }: Issued,
  where: string,
): Promise<void> {
  const key = await keyOf(files, certificate);
  const refuse = (why: string): never => {
    throw new FedwardError('FILE_INVALID', `${where}: ${why}`, where);
  };
  if (key === undefined) return refuse('its certificate is of a key that is not in this folder');
  if (!isIssuedBy(certificate, authority)) refuse('its certificate is not by the authority that comes with it');
  const uri = readCertificate(certificate).uri ?? '';
  const own = identities.site(federation, id);
  if (uri !== own && !uri.startsWith(`${own}/`)) refuse(`its certificate is for ${uri}, not for ${own}`);
  await writeFileAtomic(files.authority, authority);
  await writeFileAtomic(files.identity, identityPem({ certificate, key }));
  await rm(files.pending, { force: true });
}

async function keyOf(files: SiteFiles, certificate: string): Promise<string | undefined> {
  const waiting = await readPending(files);
  if (waiting && isKeyOf(certificate, waiting.key)) return waiting.key;
  const text = await readTextIfThere(files.identity);
  const used = text === undefined ? undefined : readIdentityPem(text, files.identity).key;
  return used !== undefined && isKeyOf(certificate, used) ? used : undefined;
}
