import { defaultPlugins } from '@fedward/sim-healthcare/catalogue';
import type { Command } from 'commander';
import { names } from '../options/names.js';
import { choice, numberBetween, positive, wholeNumber } from '../options/options.js';
import type { PrivacyPlanOptions } from './privacy-plan-action.js';

/** `fedward privacy plan`. */
export function addPrivacyPlanCommand(privacy: Command): void {
  privacy
    .command('plan')
    .description('settings of DP-SGD with which so many patients may be learned from, and what to expect of them')
    .requiredOption('--epsilon <e>', "of each hospital's data, over the whole run", positive)
    .requiredOption('--delta <d>', 'an epsilon means nothing without it', numberBetween(0, 1, true))
    .requiredOption(
      '--patients <n>',
      'at each hospital, about: a number that is public, the plan tells it',
      wholeNumber(1),
    )
    .option('--hospitals <h>', 'number of hospitals', wholeNumber(1), 1)
    .option('--records-per-patient <k>', 'the most that a patient has', wholeNumber(1), 1)
    .option('--parameters <p>', 'of the model (default: logistic regression of 100 features)', wholeNumber(1), 202)
    .option('--rounds <r>', 'number of rounds (default: chosen)', wholeNumber(1))
    .addOption(
      choice('--unit <name>', 'what is protected (default: patient where one may have several records)', [
        'record',
        'patient',
      ]),
    )
    .addOption(choice('--accountant <name>', '', names.accountants).default(defaultPlugins.accountant))
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', example)
    .action(async (options: PrivacyPlanOptions) => {
      const { privacyPlanAction } = await import('./privacy-plan-action.js');
      await privacyPlanAction(options);
    });
}

const example = `
Example:
  fedward privacy plan --epsilon 1 --delta 1e-5 --patients 350 --hospitals 5

No data are looked at, so nothing is spent: give a nominal number of patients, not a count of theirs, which nobody paid for. To try several plans on real data and keep the best one costs more than one.`;
