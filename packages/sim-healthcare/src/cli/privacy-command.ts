import type { Command } from 'commander';
import { numberBetween, positive, wholeNumber } from './options.js';
import type { Sampled } from './privacy-action.js';

/** `fedward privacy epsilon` and `fedward privacy calibrate`: the accountant alone. */
export function addPrivacyCommand(program: Command): void {
  const privacy = program.command('privacy').description('what training under differential privacy costs');

  sampled(privacy.command('epsilon').description('the epsilon of DP-SGD steps with Poisson batches'))
    .requiredOption('--noise-multiplier <z>', 'standard deviation of the noise over the clip norm', positive)
    .action(async (options: Sampled & { noiseMultiplier: number }) => {
      const { epsilonAction } = await import('./privacy-action.js');
      epsilonAction(options);
    });

  sampled(privacy.command('calibrate').description('the least noise that keeps DP-SGD steps within an epsilon'))
    .requiredOption('--epsilon <e>', 'target', positive)
    .action(async (options: Sampled & { epsilon: number }) => {
      const { calibrateAction } = await import('./privacy-action.js');
      calibrateAction(options);
    });
}

function sampled(command: Command): Command {
  return command
    .requiredOption(
      '--sampling-probability <q>',
      'of each record in each step (Poisson); 1 is no sampling',
      numberBetween(0, 1),
    )
    .requiredOption('--steps <t>', 'number of steps, over all rounds', wholeNumber(1))
    .requiredOption('--delta <d>', 'an epsilon means nothing without it', numberBetween(0, 1, true))
    .option('--accountant <name>', 'rdp, or gaussian where nothing is sampled', 'rdp')
    .option('--json', 'one JSON document on stdout');
}
