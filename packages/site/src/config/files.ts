import { join, resolve } from 'node:path';
import { keyPathsIn } from '@fedward/kit-keys';
import type { SiteConfig } from './schema.js';

/** How a site's configuration is called in its folder. */
export const configName = 'site.yaml';

/** Where a site has what is its own: whole paths. */
export interface SiteFiles {
  readonly folder: string;
  readonly config: string;
  /** The private half of the key that signs all that leaves, the hospital's log and its ledger. */
  readonly key: string;
  readonly keys: string;
  /** The certificate by which the hub knows the site, and its private key, PEM: in one file, so that they are of each other. */
  readonly identity: string;
  /** A key that waits for its certificate, with the request for that one, PEM. */
  readonly pending: string;
  /** Who signs certificates of this federation: PEM. */
  readonly authority: string;
  readonly audit: string;
  readonly inbox: string;
  readonly state: string;
  readonly ledger: string;
}

/**
 * @param folder the site's own
 * @throws {FedwardError} ARGUMENT_INVALID for an id that can't be the name of a key
 */
export function siteFiles(folder: string, config: Pick<SiteConfig, 'id' | 'keys' | 'folders' | 'ledger'>): SiteFiles {
  const root = resolve(folder);
  const at = (path: string): string => resolve(root, path);
  const keys = at(config.keys.folder);
  return {
    folder: root,
    config: join(root, configName),
    keys,
    key: keyPathsIn(keys, config.id).private,
    identity: join(keys, 'hub', 'identity.pem'),
    pending: join(keys, 'hub', 'pending.pem'),
    authority: join(keys, 'hub', 'authority.pem'),
    audit: at(config.folders.audit),
    inbox: at(config.folders.inbox),
    state: at(config.folders.state),
    ledger: at(config.ledger?.folder ?? 'ledger'),
  };
}
