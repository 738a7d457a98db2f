import { defineCommand } from '../command/kind.js';
import type { Command } from 'commander';
import { anyTrainer, defaultPlugins } from '@fedward/sim-healthcare/catalogue';
import { limits } from '@fedward/sim-healthcare/limits';
import { names, oneOf } from '../options/names.js';
import { pluginFlags } from '../options/plugin-flags.js';
import {
  anyNumber,
  choice,
  notNegative,
  numberBetween,
  positive,
  positiveList,
  positiveUpTo,
  repeated,
  wholeNumber,
} from '../options/options.js';
import type { Flags } from './simulate-options.js';

/** What a timer can wait, in seconds: 24 days. */
const longestDeadline = 2_147_483;

/** `fedward simulate`. */
export const simulateCommand = defineCommand(
  'simulate',
  'a federation of hospitals on this machine',
  addSimulateCommand,
);

function addSimulateCommand(program: Command): void {
  addSimulateOptions(program.command('simulate'))
    .option(
      '--policy <file or dir>',
      "the rules of each hospital's host (YAML or JSON): a file for all, or a folder with HOSPITAL.yaml each",
    )
    .option('--approvals <dir>', 'where approved plans are, if a policy asks for approvals (fedward plan)')
    .option(
      '--declarations <file>',
      'what the study declares of itself (YAML or JSON): purpose, users, countries, permit',
    )
    .addOption(
      choice(
        '--check [what]',
        'look at the study rule by rule before its first round (fedward check); where a rule fails, stop or warn (default stop)',
        ['stop', 'warn'],
      ).preset('stop'),
    )
    .option(
      '--nats <url>',
      'hospitals train in worker processes, here or elsewhere (fedward worker), over this hub: tls://HOST:PORT, or nats://127.0.0.1:PORT (package @fedward/sim-nats)',
    )
    .option('--nats-certificate <file>', 'PEM: who we are to the hub')
    .option('--nats-key <file>', 'PEM: the private key of that certificate')
    .option('--nats-authority <file>', "PEM: who vouches for the hub's certificate (default: the public authorities)")
    .option('--nats-insecure', 'without TLS to another machine: whoever is on the network reads and writes along')
    .option('--propose <dir>', 'write what would run into a folder of approvals, for people to look at, and end')
    .description('a federation of hospitals on this machine')
    .addHelpText('after', examples)
    .action(async (flags: Flags, command: Command) => {
      const { simulateAction } = await import('./simulate-action.js');
      await simulateAction(flags, givenOptions(command));
    });
}

/** All that says what run it is. */
export function addSimulateOptions(command: Command): Command {
  command
    .option('--scenario <name>', oneOf(names.scenarios))
    .option('--config <file>', 'members of a training plan (YAML or JSON), over the defaults of the scenario')
    .option(
      '--set <key=value>',
      'a key of the plan, as a path with dots, over config and options; repeatable',
      repeated,
    )
    .option(
      '--plugin <package or file>',
      "plugins of a team's own, by the name of an installed package or the path of a file; repeatable",
      repeated,
    )
    .option(
      '--data <dir>',
      'a folder of data sets, one folder a set; of scenario study your own: the folder of your files, or one file',
      process.env['FEDWARD_DATA'],
    )
    .option(
      '--schema <file>',
      "what your own data mean, as `fedward data inspect --write` drafts it (default: schema.json in the data's folder)",
    )
    .option('--partition <how>', `one table among hospitals: ${oneOf(names.partitions)}`)
    .option('--rounds <n>', 'number of rounds', wholeNumber(1, limits.rounds))
    .option('--seed <n>', 'of data, weights, batches and simulated noise (default 42)', wholeNumber(0))
    .option('--hospitals <n>', 'number of hospitals, where they are simulated', wholeNumber(1, limits.hospitals))
    .option('--without <hospital>', 'leave a hospital out, by its id; repeatable', repeated)
    .option(
      '--opt-outs <file>',
      'patients who opted out: ids, one a line or in the column of a table that the schema calls patientId; their rows are left out',
    )
    .option(
      '--label-noise <rate>',
      "each label of a noisy hospital's training part is made wrong with this probability, where patients are simulated",
      positiveUpTo(1),
    )
    .option('--noisy-hospitals <n>', 'where --label-noise is (default: at all)', wholeNumber(1, limits.hospitals))
    .option(
      '--find-label-noise',
      'estimate how many labels of each hospital are wrong, by a model that the others train: a training more for each',
    )
    .option(
      '--model <name>',
      `${oneOf(names.models)}; or one of your own: an ONNX file, or a folder that fedward model import wrote`,
    )
    .option(
      '--initial <file>',
      'start from the tensors of a safetensors or ONNX file, by name (default: weights that are drawn, or those of --model FILE); training.frozen keeps some',
    )
    .option('--aggregator <name>', oneOf(names.aggregators))
    .option('--compression <name>', `updates are made smaller on their way: ${oneOf(names.compressions)}`)
    .option(
      '--trainer <name>',
      `${oneOf([...names.trainers, anyTrainer])} (default: ${anyTrainer}, by the work of a step)`,
    )
    .option(
      '--workers <n>',
      'hospitals train side by side on so many threads (default: as many as the machine has cores where that pays)',
      wholeNumber(1, limits.workers),
    )
    .addOption(choice('--optimizer <name>', '', names.optimizers))
    .option('--learning-rate <rate>', 'of the optimizer at the hospitals', positive)
    .option(
      '--class-weights <w,w,...>',
      'a weight for each class, public: those of a rare class above 1 let it count for more',
      positiveList,
    )
    .option('--batch-size <n>', 'records in a batch; of Poisson batches the divisor of the sum', wholeNumber(1))
    .option('--local-epochs <n>', 'epochs in a round', wholeNumber(1, limits.steps))
    .option('--sampling-probability <q>', 'of each record in each step, for Poisson batches', positiveUpTo(1))
    .option('--steps <n>', 'steps in a round, for Poisson batches', wholeNumber(1, limits.steps))
    .option('--cohort <n>', 'hospitals asked in a round (default: all)', wholeNumber(1))
    .addOption(
      choice(
        '--select <how>',
        'how they are chosen: at random, all alike or by their numbers of records, or in turns',
        names.selects,
      ),
    )
    .option('--quorum <n>', 'a round with fewer updates fails (default 1)', wholeNumber(1))
    .option(
      '--quorum-share <s>',
      'a round fails whose updates have less than this share of the weight of all that were asked',
      positiveUpTo(1),
    )
    .option(
      '--deadline <seconds>',
      'a hospital that has not answered by then is left out of the round',
      positiveUpTo(longestDeadline),
    )
    .option('--privacy <name>', oneOf(names.privacy))
    .option(
      '--epsilon <e>',
      'target, with --delta: noise is calibrated to it, and it is the budget; of a mechanism that only claims one: that',
      positive,
    )
    .option('--delta <d>', 'of every epsilon that is shown; --epsilon needs it', numberBetween(0, 1, true))
    .option('--noise-multiplier <z>', 'standard deviation of the noise over the clip norm', notNegative)
    .option('--clip-norm <c>', "bound on each record's gradient, or on a hospital's whole update (L2)", anyNumber)
    .addOption(choice('--unit <name>', 'of what epsilon speaks (default: what the mechanism protects)', names.units))
    .option(
      '--accountant <name>',
      `of this run: ${oneOf(names.accountants)}; a ledger over runs has one of its own where this one is for single runs`,
    )
    .option('--budget <e>', 'the run fails before the round that would take a hospital past this epsilon', positive)
    .option(
      '--ledger <dir>',
      "each hospital's ledger, in a folder of its own: what its data spent over all runs, and may (--budget)",
    )
    .option(
      '--keys <dir>',
      "private keys by name, `coordinator` and hospitals' ids: who has one there signs its log and its --ledger with it; the others sign their logs with new ones",
    )
    .option('--passphrase-file <file>', 'passphrase of those keys, on its first line (default: FEDWARD_PASSPHRASE)')
    .option(
      '--secagg',
      'secure aggregation: the server learns sums over hospitals alone; rounds that too few end are skipped',
    )
    .option('--secure-noise', 'noise and sampling from the operating system, so that no seed repeats the run')
    .option(
      '--drop-rate <p>',
      'each hospital fails in each round with this probability, at one of its stages',
      numberBetween(0, 1),
    )
    .option(
      '--slow <hospital=times>',
      'a hospital takes so many times as long as the others, such as hospital-4=20; rounds then have a simulated clock',
      repeated,
    )
    .option(
      '--collect <n>',
      'a round ends with so many updates, late ones too; the aggregator has to take such',
      wholeNumber(1),
    )
    .option(
      '--threshold <how>',
      'the probability from which on a record is called the second of two classes, or how it is chosen on the training parts: ' +
        'youden, sensitivity:0.9, specificity:0.9 (default: what the study declares, or 0.5)',
    )
    .option(
      '--prevalence <p>',
      'of the second of two classes where the model is to be used: PPV and NPV are told for it',
      numberBetween(0, 1, true),
    )
    .option(
      '--horizon <time>',
      "at which survival is judged, in the label's unit (default: the median time of the training parts)",
      positive,
    )
    .option(
      '--validate <how>',
      `${oneOf(names.validations)} (default holdout): beside the run a federation for each fold`,
    )
    .option(
      '--choose <key=value,value>',
      'choose a setting of the plan on training parts, by its path or learning-rate, rounds, batch-size, local-epochs; repeatable',
      repeated,
    )
    .option('--no-local', 'do not also train each hospital alone for the table')
    .option('--out <dir>', 'folder of the run (default runs/<run id>)')
    .option('--resume', 'go on with the run in --out; it keeps its plan')
    .option(
      '--break-lock',
      'with --resume: take the run over from a process of which nobody here can tell whether it still runs',
    )
    .option('--json', 'one JSON document on stdout, everything else on stderr');
  for (const option of pluginFlags(command)) command.addOption(option);
  return command;
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
  fedward simulate --scenario tutorial --privacy ${defaultPlugins.mechanism} --epsilon 1 --delta 1e-5
  fedward simulate --scenario tutorial --set training.optimizer.learningRate=0.01
  fedward simulate --scenario tutorial --plugin @team/plugins --aggregator ours --set aggregator.options.trim=1
  fedward simulate --scenario heart-disease --data DIR --json > result.json
  fedward simulate --scenario heart-disease --data DIR --validate leave-one-hospital-out
  fedward simulate --scenario heart-disease --data DIR --validate kfold:5 --choose learning-rate=0.01,0.05,0.2
  fedward simulate --resume --out runs/ID`;
