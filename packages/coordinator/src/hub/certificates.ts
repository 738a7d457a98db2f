import { join } from 'node:path';
import { readTextIfThere, writeFileAtomic } from '@fedward/kit-files';
import {
  certificateStanding,
  createCertificate,
  identities,
  identityPem,
  readIdentityPem,
  type KeyedCertificate,
  type Subject,
} from '@fedward/transport-nats';
import type { CoordinatorConfig } from '../config/read.js';

/** A certificate of the coordinator's own, or of its hub. */
export interface OwnCertificate {
  /** Holds the certificate and its key. */
  readonly path: string;
  readonly subject: Subject;
}

/** The hub's own. */
export function hubCertificate({ federation, hub, certificates, paths }: CoordinatorConfig): OwnCertificate {
  return {
    path: join(paths.certificates, 'hub.pem'),
    subject: { commonName: `${federation} hub`, hosts: hub.hosts, usage: 'server', days: certificates.days },
  };
}

/** By which the coordinator connects to the federation's account. */
export function federationCertificate(config: CoordinatorConfig): OwnCertificate {
  return clientOf(config, 'coordinator.pem', identities.coordinator(config.federation));
}

/** By which it hears who connects, and who is refused. */
export function systemCertificate(config: CoordinatorConfig): OwnCertificate {
  return clientOf(config, 'system.pem', identities.system(config.federation));
}

/** By which it connects to the account of a hospital. */
export function certificateAt(config: CoordinatorConfig, site: string): OwnCertificate {
  return clientOf(config, join('at', `${site}.pem`), identities.coordinatorAt(config.federation, site));
}

/** All of them. @param sites ids of the members */
export function ownCertificates(config: CoordinatorConfig, sites: readonly string[]): OwnCertificate[] {
  return [
    hubCertificate(config),
    federationCertificate(config),
    systemCertificate(config),
    ...sites.map((site) => certificateAt(config, site)),
  ];
}

function clientOf({ certificates, paths }: CoordinatorConfig, file: string, uri: string): OwnCertificate {
  return {
    path: join(paths.certificates, file),
    subject: { commonName: 'coordinator', uri, usage: 'client', days: certificates.days },
  };
}

/**
 * Makes those that are missing, and those anew of whose time two thirds are over. They are on the disk when this resolves.
 * @returns the paths of those that were made
 * @throws {FedwardError} STORAGE_FAILED; FILE_INVALID for a file that holds no certificate
 */
export async function renewOwn(
  authority: KeyedCertificate,
  own: readonly OwnCertificate[],
  now: Date = new Date(),
): Promise<string[]> {
  const made: string[] = [];
  for (const { path, subject } of own) {
    const text = await readTextIfThere(path);
    if (text !== undefined && isGood(readIdentityPem(text, path).certificate, now)) continue;
    await writeFileAtomic(path, identityPem(await createCertificate(authority, subject)));
    made.push(path);
  }
  return made;
}

function isGood(certificate: string, now: Date): boolean {
  return certificateStanding(certificate, now).state === 'good';
}
