import type { Command } from 'commander';
import { limits } from '@fedward/sim-healthcare';
import { names, oneOf } from '../options/names.js';
import {
  anyNumber,
  choice,
  notNegative,
  numberBetween,
  positive,
  positiveUpTo,
  wholeNumber,
} from '../options/options.js';
import type { Flags } from './simulate-options.js';

/** What a timer can wait, in seconds: 24 days. */
const longestDeadline = 2_147_483;

/** `fedward simulate`. */
export function addSimulateCommand(program: Command): void {
  program
    .command('simulate')
    .description('a federation of hospitals on this machine')
    .option('--scenario <name>', oneOf(names.scenarios))
    .option('--config <file>', 'members of a training plan (YAML or JSON), over the defaults of the scenario')
    .option('--data <dir>', 'a folder of data sets, one folder a set', process.env['FEDWARD_DATA'])
    .option('--rounds <n>', 'number of rounds', wholeNumber(1, limits.rounds))
    .option('--seed <n>', 'of data, weights, batches and simulated noise (default 42)', wholeNumber(0))
    .option('--hospitals <n>', 'number of hospitals, where they are simulated', wholeNumber(1, limits.hospitals))
    .option('--model <name>', oneOf(names.models))
    .option('--aggregator <name>', oneOf(names.aggregators))
    .option('--proximal-mu <mu>', 'weight of the proximal term of fedprox', notNegative)
    .option('--trainer <name>', oneOf(names.trainers))
    .option(
      '--workers <n>',
      'hospitals train side by side on so many threads (default: as many as the machine has cores where that pays)',
      wholeNumber(1, limits.workers),
    )
    .addOption(choice('--optimizer <name>', '', names.optimizers))
    .option('--learning-rate <rate>', 'of the optimizer at the hospitals', positive)
    .option('--batch-size <n>', 'records in a batch; of Poisson batches the divisor of the sum', wholeNumber(1))
    .option('--local-epochs <n>', 'epochs in a round', wholeNumber(1, limits.steps))
    .option('--sampling-probability <q>', 'of each record in each step, for Poisson batches', positiveUpTo(1))
    .option('--steps <n>', 'steps in a round, for Poisson batches', wholeNumber(1, limits.steps))
    .option('--cohort <n>', 'hospitals asked in a round, drawn at random (default: all)', wholeNumber(1))
    .option('--quorum <n>', 'a round with fewer updates fails (default 1)', wholeNumber(1))
    .option(
      '--deadline <seconds>',
      'a hospital that has not answered by then is left out of the round',
      positiveUpTo(longestDeadline),
    )
    .addOption(choice('--privacy <name>', '', names.privacy))
    .option(
      '--epsilon <e>',
      'target, with --delta: noise is calibrated to it, and it is the budget; with tutorial-041: what it claims',
      positive,
    )
    .option('--delta <d>', 'of every epsilon that is shown; --epsilon needs it', numberBetween(0, 1, true))
    .option('--noise-multiplier <z>', 'standard deviation of the noise over the clip norm', notNegative)
    .option('--clip-norm <c>', "bound on each record's gradient, or on a hospital's whole update (L2)", anyNumber)
    .option(
      '--clip-quantile <q>',
      'the clip norm follows this quantile of the updates (central)',
      numberBetween(0, 1, true),
    )
    .addOption(
      choice(
        '--unit <name>',
        'of what epsilon speaks (default record; hospital for central, local, dp-ftrl)',
        names.units,
      ),
    )
    .option(
      '--accountant <name>',
      `of this run: ${oneOf(names.accountants)}; a ledger over runs is priced by gaussian if that is named, else rdp-filter`,
    )
    .option('--budget <e>', 'the run fails before the round that would take a hospital past this epsilon', positive)
    .option(
      '--ledger <dir>',
      "each hospital's ledger, in a folder of its own: what its data spent over all runs, and may (--budget)",
    )
    .option('--secure-noise', 'noise and sampling from the operating system, so that no seed repeats the run')
    .option('--drop-rate <p>', 'each hospital fails in each round with this probability', numberBetween(0, 1))
    .option('--no-local', 'do not also train each hospital alone for the table')
    .option('--out <dir>', 'folder of the run (default runs/<run id>)')
    .option('--resume', 'go on with the run in --out; it keeps its plan')
    .option(
      '--break-lock',
      'with --resume: take the run over from a process of which nobody here can tell whether it still runs',
    )
    .option('--json', 'one JSON document on stdout, everything else on stderr')
    .addHelpText('after', examples)
    .action(async (flags: Flags, command: Command) => {
      const { simulateAction } = await import('./simulate-action.js');
      await simulateAction(flags, givenOptions(command));
    });
}

/** The options that were written on the command line, as they are written: not those that have a default. */
function givenOptions(command: Command): string[] {
  return command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .map((option) => option.long ?? option.flags);
}

const examples = `
Examples:
  fedward simulate --scenario tutorial
  fedward simulate --scenario tutorial --privacy dp-sgd --epsilon 1 --delta 1e-5
  fedward simulate --scenario tutorial --privacy tutorial-041
  fedward simulate --scenario heart-disease --data DIR --json > result.json
  fedward simulate --resume --out runs/ID`;
