import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  beginEnrolment,
  joinFederation,
  readSiteConfig,
  readSiteIdentity,
  siteFiles,
  type SiteConfig,
  type SiteFiles,
} from '@fedward/site';
import { openInvite } from '@fedward/transport-nats';
import { approve } from '../members/approve.js';
import { invite } from '../members/invite.js';
import type { Office } from '../members/office.js';
import { readRequest } from '../members/requests.js';
import { newFolder, type TestIdentity } from './federation.js';

/** A hospital that has asked to be a member. */
export interface TestHospital {
  readonly id: string;
  readonly folder: string;
  readonly files: SiteFiles;
  readonly config: SiteConfig;
  /** The file of its request. */
  readonly request: string;
  identity(): Promise<TestIdentity>;
}

/** Invites a hospital, and has it make its folder. */
export async function asks(office: Office, id: string): Promise<TestHospital> {
  const path = await invite(office.config, office.signer, id);
  const folder = join(await newFolder(), id);
  const { path: request } = await beginEnrolment({ folder, ...openInvite(await readFile(path, 'utf8'), path) });
  const config = await readSiteConfig(folder);
  const files = siteFiles(folder, config);
  return { id, folder, files, config, request, identity: () => readSiteIdentity(files) };
}

/** The same, approved and joined. */
export async function joins(office: Office, id: string, now?: Date): Promise<TestHospital> {
  const hospital = await asks(office, id);
  const found = await readRequest(office.config, hospital.request, office.signer.verifierKey);
  const { welcome } = await approve(office, found, now);
  await joinFederation(hospital.folder, welcome);
  return hospital;
}

/** A file with something changed in it. @returns its path */
export async function changed(path: string, change: (text: string) => string): Promise<string> {
  const text = await readFile(path, 'utf8');
  const other = change(text);
  if (other === text) throw new Error('nothing was changed');
  await writeFile(`${path}.changed`, other);
  return `${path}.changed`;
}
