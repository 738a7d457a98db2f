import type { Command } from 'commander';
import { defaultPlugins } from '@fedward/sim-healthcare/catalogue';
import { defineCommand } from '../command/kind.js';
import { repeated } from '../options/options.js';
import type { PluginsFlags } from './plugins-action.js';

const summary = 'the plugins that are installed, and the options of each';

/** `fedward plugins [KIND [NAME]]`. */
export const pluginsCommand = defineCommand('plugins', summary, addPluginsCommand);

function addPluginsCommand(program: Command): void {
  program
    .command('plugins')
    .description(summary)
    .argument('[kind]', 'those of a kind alone, such as aggregator')
    .argument('[name]', 'one of them: its options, with the keys that set them')
    .option(
      '--plugin <package or file>',
      "plugins of a team's own, by the name of an installed package or the path of a file; repeatable",
      repeated,
    )
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', examples)
    .action(async (kind: string | undefined, name: string | undefined, flags: PluginsFlags) => {
      const { pluginsAction } = await import('./plugins-action.js');
      await pluginsAction(kind, name, flags);
    });
}

const examples = `
Examples:
  fedward plugins
  fedward plugins mechanism ${defaultPlugins.mechanism}
  fedward plugins --plugin @team/plugins --json`;
