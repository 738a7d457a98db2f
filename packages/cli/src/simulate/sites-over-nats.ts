import { FedwardError, type Plugin } from '@fedward/core';
import { findPackage, loadTeamPlugins, type OpenSites } from '@fedward/sim-healthcare';
import type { Flags } from './simulate-options.js';

const from = '@fedward/sim-nats';

/**
 * Where hospitals answer, if `--nats` says so; undefined without it.
 * @throws {FedwardError} PLUGIN_UNKNOWN where the package for it is not installed; CONFIG_INVALID naming the option
 */
export async function sitesOverNats(flags: Flags): Promise<OpenSites | undefined> {
  const { nats: url, natsCertificate: certificate, natsKey: key, natsAuthority: authority, natsInsecure } = flags;
  if (url === undefined) {
    const alone = Object.entries({ certificate, key, authority, insecure: natsInsecure }).find(([, value]) => value !== undefined); // prettier-ignore
    if (!alone) return undefined;
    const option = `--nats-${alone[0]}`;
    throw new FedwardError('CONFIG_INVALID', `${option}: it is about a hub: name that by --nats URL`, option);
  }
  if (!findPackage(from))
    throw new FedwardError('PLUGIN_UNKNOWN', `--nats is in a package of its own, which is not installed here: npm install ${from}`, '--nats'); // prettier-ignore
  const { plugins } = await loadTeamPlugins(from);
  const plugin = plugins.find(({ kind, name }) => kind === 'sites' && name === 'nats') as Plugin<'sites'> | undefined;
  if (!plugin)
    throw new FedwardError('PLUGIN_UNKNOWN', `${from}, as it is installed here, has nothing for --nats`, '--nats');
  const options = {
    url,
    ...(certificate !== undefined && { certificate }),
    ...(key !== undefined && { key }),
    ...(authority !== undefined && { authority }),
    ...(natsInsecure && { insecure: true }),
  };
  return plugin.create(options, '--nats');
}
