import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { Option, type Command } from 'commander';
import { FedwardError } from '@fedward/core';
import type { SimulateOptions } from '../run/options.js';
import { numberBetween, notNegative, positive, wholeNumber } from './options.js';
import { note, printJson } from './output.js';

interface Flags extends Omit<SimulateOptions, 'config' | 'dataDir' | 'deadlineSeconds'> {
  readonly config?: string;
  readonly data?: string;
  readonly deadline?: number;
  readonly out?: string;
  readonly resume?: boolean;
  readonly json?: boolean;
}

/** `fedward simulate`. */
export function addSimulateCommand(program: Command): void {
  program
    .command('simulate')
    .description('a federation of hospitals on this machine')
    .option('--scenario <name>', 'tutorial, heart-disease or csv')
    .option('--config <file>', 'members of a training plan (YAML or JSON), over the defaults of the scenario')
    .option('--data <dir>', 'a folder of data sets, one folder a set', process.env['FEDWARD_DATA'])
    .option('--rounds <n>', 'number of rounds', wholeNumber(1))
    .option('--seed <n>', 'of data, weights, batches and simulated noise (default 42)', wholeNumber(0))
    .option('--hospitals <n>', 'number of simulated hospitals', wholeNumber(0))
    .option('--model <name>', 'mlp or logistic')
    .option('--aggregator <name>', 'fedavg or fedprox')
    .option('--proximal-mu <mu>', 'weight of the proximal term of fedprox', notNegative)
    .option('--trainer <name>', 'tfjs')
    .addOption(new Option('--optimizer <name>').choices(['sgd', 'momentum', 'adam']))
    .option('--learning-rate <rate>', 'of the optimizer at the hospitals', positive)
    .option('--batch-size <n>', 'records in a batch; of Poisson batches the divisor of the sum', wholeNumber(1))
    .option('--local-epochs <n>', 'epochs in a round', wholeNumber(1))
    .option('--sampling-probability <q>', 'of each record in each step, for Poisson batches', numberBetween(0, 1))
    .option('--steps <n>', 'steps in a round, for Poisson batches', wholeNumber(1))
    .option('--cohort <n>', 'hospitals asked in a round, drawn at random (default: all)', wholeNumber(1))
    .option('--quorum <n>', 'a round with fewer updates fails (default 1)', wholeNumber(1))
    .option('--deadline <seconds>', 'a hospital that has not answered by then is left out of the round', positive)
    .addOption(new Option('--privacy <name>').choices(['none', 'dp-sgd', 'tutorial-041']))
    .option('--epsilon <e>', 'target: noise is calibrated to it; with tutorial-041: what it claims', positive)
    .option('--delta <d>', 'of every epsilon that is shown', numberBetween(0, 1, true))
    .option('--noise-multiplier <z>', 'standard deviation of the noise over the clip norm', notNegative)
    .option('--clip-norm <c>', "bound on each record's gradient (L2)", Number)
    .option('--accountant <name>', 'rdp or gaussian')
    .option('--budget <e>', 'stop before the round that would pass this epsilon', positive)
    .option('--secure-noise', 'noise and sampling from the operating system, so that no seed repeats the run')
    .option('--drop-rate <p>', 'each hospital fails in each round with this probability', numberBetween(0, 1))
    .option('--no-local', 'do not also train each hospital alone for the table')
    .option('--out <dir>', 'folder of the run (default runs/<run id>)')
    .option('--resume', 'go on with the run in --out')
    .option('--json', 'one JSON document on stdout, everything else on stderr')
    .addHelpText('after', examples)
    .action(simulateAction);
}

const examples = `
Examples:
  fedward simulate --scenario tutorial
  fedward simulate --scenario tutorial --privacy dp-sgd --epsilon 1 --delta 1e-5
  fedward simulate --scenario tutorial --privacy tutorial-041
  fedward simulate --scenario heart-disease --data DIR --json > result.json
  fedward simulate --resume --out runs/ID`;

async function simulateAction(flags: Flags): Promise<void> {
  const { simulate, resumeSimulation } = await import('../run/simulate.js');
  const { createReporter } = await import('./simulate-report.js');
  const { json, out, resume } = flags;
  const stop = new AbortController();
  const reporter = createReporter(Boolean(json));
  const interrupt = (): void => {
    note('\nstopping after the step under way; Ctrl-C again to stop at once');
    stop.abort();
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const hooks = { ...reporter.hooks, signal: stop.signal };
    const result = resume
      ? await resumeSimulation(folderToResume(flags), hooks)
      : await simulate(await optionsOf(flags), out, hooks);
    reporter.stop();
    if (json) printJson(result);
    else reporter.conclude(result);
  } catch (error) {
    reporter.stop();
    const folder = reporter.folder;
    if (folder !== undefined) note(`to go on: fedward simulate --resume --out ${relative('.', folder) || '.'}`);
    throw error;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** A run is resumed as it was planned; an option that would change it is refused rather than ignored. */
function folderToResume(flags: Flags): string {
  const { out, resume, json, data, local, ...others } = flags;
  if (out === undefined) throw usage('--resume', 'name the run: --out DIR');
  const changed = Object.keys(others).filter((key) => key !== 'scenario');
  if (changed.length > 0) throw usage(`--${changed[0]}`, 'a resumed run keeps its plan: leave this option out');
  return out;
}

async function optionsOf(flags: Flags): Promise<SimulateOptions> {
  const { config, data, deadline, out, resume, json, scenario, ...rest } = flags;
  if (!scenario) throw usage('--scenario', 'name one: tutorial, heart-disease, csv');
  return {
    ...rest,
    scenario,
    ...(data !== undefined && { dataDir: data }),
    ...(deadline !== undefined && { deadlineSeconds: deadline }),
    ...(config !== undefined && { config: await readConfig(config), configName: config }),
  };
}

async function readConfig(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new FedwardError('FILE_NOT_FOUND', `--config: can't read ${path}: ${(cause as Error).message}`, path, {
      cause,
    });
  }
  const { parse } = await import('yaml');
  try {
    return parse(text) as unknown;
  } catch (cause) {
    throw new FedwardError('FILE_INVALID', `--config: ${path}: ${(cause as Error).message}`, path, { cause });
  }
}

function usage(option: string, why: string): FedwardError {
  return new FedwardError('CONFIG_INVALID', `${option}: ${why}`, option);
}
