import type { Command } from 'commander';
import { numberBetween, positive, positiveUpTo, wholeNumber } from '../options/options.js';
import type { UnitsOptions } from './units-action.js';

/** `fedward privacy units`. */
export function addUnitsCommand(privacy: Command): void {
  privacy
    .command('units')
    .description('what one patient with several records is exposed to, by the unit that is sampled and clipped')
    .requiredOption('--noise-multiplier <z>', 'standard deviation of the noise over the clip norm', positive)
    .requiredOption('--sampling-probability <q>', 'of each unit in each step (Poisson)', positiveUpTo(1))
    .requiredOption('--steps <t>', 'number of steps, over all rounds', wholeNumber(1))
    .requiredOption('--records-per-patient <k>', 'the most that a patient has', wholeNumber(1))
    .requiredOption('--delta <d>', 'an epsilon means nothing without it', numberBetween(0, 1, true))
    .option('--json', 'one JSON document on stdout')
    .action(async (options: UnitsOptions) => {
      const { unitsAction } = await import('./units-action.js');
      unitsAction(options);
    });
}
