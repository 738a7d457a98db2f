import type { Command } from 'commander';
import { defaultPlugins } from '@fedward/sim-healthcare/catalogue';
import { limits } from '@fedward/sim-healthcare/limits';
import type { ExitCode } from '../exit-code.js';
import { names, oneOf, pluginsOf } from '../options/names.js';
import { choice, notNegative, numberBetween, positive, wholeNumber } from '../options/options.js';
import type { AuditFlags } from './privacy-audit-action.js';

/** Mechanisms that may protect single records. */
const auditable = pluginsOf('mechanism').flatMap(({ name, draft }) => (draft?.unit === 'record' ? [name] : []));

/** `fedward privacy audit`. */
export function addPrivacyAuditCommand(privacy: Command, setExitCode: (code: ExitCode) => void): void {
  privacy
    .command('audit')
    .description('a lower bound on epsilon, seen in one training run with canaries among the records')
    .option('--scenario <name>', oneOf(names.scenarios), 'tutorial')
    .addOption(choice('--privacy <name>', 'what is audited', auditable).default(defaultPlugins.mechanism))
    .option(
      '--canaries <n>',
      'records put in or left out by a coin, over all hospitals',
      wholeNumber(1, limits.canaries),
      1000,
    )
    .option('--confidence <p>', 'of the lower bound', numberBetween(0, 1, true), 0.95)
    .option('--data <dir>', 'a folder of data sets, one folder a set', process.env['FEDWARD_DATA'])
    .option('--rounds <n>', 'number of rounds', wholeNumber(1, limits.rounds))
    .option('--seed <n>', 'of data, weights, batches, simulated noise and coins (default 42)', wholeNumber(0))
    .option('--epsilon <e>', 'target, with --delta; of a mechanism that only claims one: that', positive)
    .option('--delta <d>', 'of every epsilon that is shown', numberBetween(0, 1, true))
    .option('--noise-multiplier <z>', 'standard deviation of the noise over the clip norm', notNegative)
    .option('--json', 'one JSON document on stdout, everything else on stderr')
    .addHelpText('after', explanation)
    .action(async (flags: AuditFlags) => {
      const { privacyAuditAction } = await import('./privacy-audit-action.js');
      setExitCode(await privacyAuditAction(flags));
    });
}

const explanation = `
Exit code 1: the lower bound is above the epsilon that the accountant proves, so one of the two is wrong.
A small lower bound does not show that training is private: another attack may see more.`;
