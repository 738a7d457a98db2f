import type { Plugin } from '@fedward/core';
import { commands, type KnownCommand } from './catalogue.js';

/**
 * The command that a command line asks for; undefined where it asks for none, or for one that nobody knows.
 * @param args the command line without Node and program
 * @throws {FedwardError} PLUGIN_UNKNOWN where its package is not installed, saying which
 */
export async function loadCommand(args: readonly string[]): Promise<Plugin<'command'> | undefined> {
  const [first, second] = args.filter((arg) => !arg.startsWith('-'));
  const asked = first === 'help' ? second : first;
  const known = commands.find(({ name }) => name === asked);
  return known && (known.load ? known.load() : loadFrom(known));
}

async function loadFrom({ name, package: from = '' }: KnownCommand): Promise<Plugin<'command'>> {
  const { findPackage, loadTeamPlugins } = await import('@fedward/sim-healthcare');
  const { FedwardError } = await import('@fedward/core');
  if (!findPackage(from))
    throw new FedwardError(
      'PLUGIN_UNKNOWN',
      `fedward ${name} is in a package of its own, which is not installed here: npm install ${from}`,
      name,
    );
  const { plugins } = await loadTeamPlugins(from);
  const plugin = plugins.find((each) => each.kind === 'command' && each.name === name);
  if (plugin) return plugin as Plugin<'command'>;
  throw new FedwardError('PLUGIN_UNKNOWN', `${from}, as it is installed here, has no command ${name}`, name);
}
