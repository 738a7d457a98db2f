import { defineCommand } from '../command/kind.js';
import { defaultPlugins } from '@fedward/sim-healthcare/catalogue';
import { Option, type Command } from 'commander';
import { addLedgerCommand } from './ledger-command.js';
import type { ExitCode } from '../exit-code.js';
import { names, oneOf } from '../options/names.js';
import { choice, numberBetween, positive, wholeNumber } from '../options/options.js';
import type { StepOptions } from './privacy-steps.js';
import { addPrivacyAuditCommand } from './privacy-audit-command.js';
import { addPrivacyPlanCommand } from './privacy-plan-command.js';
import { addUnitsCommand } from './units-command.js';

/** Not plugins: what is added to a sum. */
const kindsOfNoise = ['gaussian', 'laplace', 'discrete-gaussian'] as const;

/** `fedward privacy epsilon` and `fedward privacy calibrate`: the accountant alone. */
export const privacyCommand = defineCommand(
  'privacy',
  'what training under differential privacy costs',
  (program, { setExitCode }) => addPrivacyCommand(program, setExitCode),
);

function addPrivacyCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const privacy = program.command('privacy').description('what training under differential privacy costs');

  steps(privacy.command('epsilon').description('the epsilon of steps with noise, such as those of DP-SGD'))
    .addOption(noiseMultiplier().makeOptionMandatory())
    .addOption(stepCount().makeOptionMandatory())
    .addHelpText('after', examples('epsilon --noise-multiplier 1 --sampling-probability 0.01 --steps 10000'))
    .action(async (options: StepOptions & { noiseMultiplier: number; steps: number }) => {
      const { epsilonAction } = await import('./privacy-action.js');
      await epsilonAction(options);
    });

  steps(privacy.command('calibrate').description('the least noise, or the most steps, within an epsilon'))
    .requiredOption('--epsilon <e>', 'target', positive)
    .addOption(stepCount('; the noise is sought').conflicts('noiseMultiplier'))
    .addOption(noiseMultiplier('; the steps are sought'))
    .addHelpText(
      'after',
      examples(
        'calibrate --epsilon 2 --sampling-probability 0.01 --steps 10000',
        'calibrate --epsilon 2 --sample-size 32 --population 350 --noise-multiplier 4',
      ),
    )
    .action(async (options: StepOptions & { noiseMultiplier?: number; steps?: number; epsilon: number }) => {
      const { calibrateAction } = await import('./privacy-action.js');
      await calibrateAction(options);
    });

  addPrivacyPlanCommand(privacy);
  addUnitsCommand(privacy);
  addPrivacyAuditCommand(privacy, setExitCode);
  addLedgerCommand(privacy, setExitCode);
}

/** What both take. */
function steps(command: Command): Command {
  return command
    .addOption(choice('--mechanism <name>', 'the noise of a step', kindsOfNoise).default(kindsOfNoise[0]))
    .option('--sensitivity <s>', 'of discrete-gaussian alone: L2 sensitivity of the integers (default: 1)', positive)
    .option(
      '--sampling-probability <q>',
      'of each record in each step (Poisson); 1 is no sampling',
      numberBetween(0, 1),
    )
    .addOption(
      new Option('--sample-size <n>', 'or so many records in each step, drawn without replacement')
        .argParser(wholeNumber(1))
        .conflicts('samplingProbability'),
    )
    .option('--population <n>', 'records that --sample-size is drawn from', wholeNumber(1))
    .requiredOption('--delta <d>', 'an epsilon means nothing without it', numberBetween(0, 1, true))
    .addOption(
      choice(
        '--adjacency <name>',
        'what neighbouring data sets differ in (default: replace-one with --sample-size, else add-or-remove-one)',
        ['add-or-remove-one', 'replace-one'],
      ),
    )
    .option(
      '--accountant <name>',
      `${oneOf(names.accountants)}: the tightest, the quickest, or without sampling`,
      defaultPlugins.accountant,
    )
    .option('--json', 'one JSON document on stdout');
}

function noiseMultiplier(use = ''): Option {
  return new Option(
    '--noise-multiplier <z>',
    `noise (standard deviation; of laplace the scale) over the sensitivity of a step: of DP-SGD the clip norm, under replace-one twice that${use}`,
  ).argParser(positive);
}

function stepCount(use = ''): Option {
  return new Option('--steps <t>', `number of steps, over all rounds${use}`).argParser(wholeNumber(1));
}

function examples(...lines: readonly string[]): string {
  return ['', 'Example:', ...lines.map((line) => `  fedward privacy ${line} --delta 1e-5`)].join('\n');
}
