import type { CoordinatorConfig } from '../config/read.js';
import { hubCertificate } from '../hub/certificates.js';
import { authorityPath } from '../hub/configuration.js';

/** What whoever runs the hub has to do, where that is not the coordinator. */
export function hubWords(config: CoordinatorConfig): string {
  const files = [config.paths.hubConfig, hubCertificate(config).path, authorityPath(config)];
  return (
    `The hub is run by others: they install ${files.join(', ')} (the paths of the last two are in the first), and have it read ` +
    'them anew: nats-server --signal reload. Until then the hub knows nothing of the change.'
  );
}
