import { defineCommand, positive, wholeNumber, choice } from '@fedward/cli/command';
import type { DemoFlags } from './demo/settings.js';

const summary = 'a hub, a coordinator and three hospitals as processes on this machine';

/** `fedward demo`. */
export const demoCommand = defineCommand('demo', summary, (program) => {
  program
    .command('demo')
    .description(
      `${summary}, with TLS and keys of their own: one study across them, in which a hospital is killed and started again`,
    )
    .addOption(choice('--scenario <name>', 'whose patients', ['tutorial', 'heart-disease']).default('tutorial'))
    .option('--data <dir>', 'folder of data sets, for heart-disease (or FEDWARD_DATA)', process.env['FEDWARD_DATA'])
    .option('--rounds <n>', "default: the scenario's", wholeNumber(1, 10_000))
    .option('--seed <n>', 'of all that is not secret', wholeNumber(0, 2 ** 32 - 1), 42)
    .option('--privacy <name>', 'a mechanism, or none', 'dp-sgd')
    .option('--noise-multiplier <z>', 'in units of the clip norm', positive)
    .option('--seeded', "noise from the seed instead of a secret one: a simulation's bits, which protect nobody")
    .option('--folder <dir>', 'where all of it is made, and stays; default: a temporary one, removed at the end')
    .option('--keep', 'leaves the temporary folder')
    .option(
      '--json',
      'one JSON document on stdout, everything else on stderr; sites[].epsilon is of each ledger, over all of its studies',
    )
    .action(async (flags: DemoFlags) => {
      const { demoAction } = await import('./demo/demo-action.js');
      await demoAction(flags);
    });
});
