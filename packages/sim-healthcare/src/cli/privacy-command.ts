import type { Command } from 'commander';
import { FedwardError } from '@fedward/core';
import { numberBetween, positive, wholeNumber } from './options.js';
import { epsilonText, printJson, printLine } from './output.js';

interface Sampled {
  readonly samplingProbability: number;
  readonly steps: number;
  readonly delta: number;
  readonly accountant: string;
  readonly json?: boolean;
}

const adjacency = 'add-or-remove-one';

/** `fedward privacy epsilon` and `fedward privacy calibrate`: the accountant alone. */
export function addPrivacyCommand(program: Command): void {
  const privacy = program.command('privacy').description('what training under differential privacy costs');

  sampled(privacy.command('epsilon').description('the epsilon of DP-SGD steps with Poisson batches'))
    .requiredOption('--noise-multiplier <z>', 'standard deviation of the noise over the clip norm', positive)
    .action(async (options: Sampled & { noiseMultiplier: number }) => {
      const { dpSgdEvent } = await import('@fedward/privacy-dp');
      const accountant = (await accountantNamed(options.accountant))(adjacency);
      accountant.compose(dpSgdEvent(options));
      const epsilon = accountant.epsilon(options.delta);
      report({ epsilon, noiseMultiplier: options.noiseMultiplier }, options);
    });

  sampled(privacy.command('calibrate').description('the least noise that keeps DP-SGD steps within an epsilon'))
    .requiredOption('--epsilon <e>', 'target', positive)
    .action(async (options: Sampled & { epsilon: number }) => {
      const { calibrateNoiseMultiplier, dpSgdEvent } = await import('@fedward/privacy-dp');
      const create = await accountantNamed(options.accountant);
      const noiseMultiplier = calibrateNoiseMultiplier({ ...options, accountant: create });
      const accountant = create(adjacency);
      accountant.compose(dpSgdEvent({ ...options, noiseMultiplier }));
      report({ epsilon: accountant.epsilon(options.delta), noiseMultiplier }, options);
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

async function accountantNamed(name: string) {
  const { accountants } = await import('@fedward/privacy-dp');
  const accountant = Object.hasOwn(accountants, name) ? accountants[name] : undefined;
  if (!accountant)
    throw new FedwardError(
      'PLUGIN_UNKNOWN',
      `--accountant: there is no ${name}; there are ${Object.keys(accountants).join(', ')}`,
      '--accountant',
    );
  return accountant;
}

function report(found: { epsilon: number; noiseMultiplier: number }, options: Sampled): void {
  const { delta, accountant, samplingProbability, steps, json } = options;
  const epsilon = Number.isFinite(found.epsilon) ? found.epsilon : null;
  if (json)
    return printJson({ ...found, epsilon, delta, accountant, adjacency, unit: 'record', samplingProbability, steps });
  printLine(`epsilon           ${epsilonText(epsilon)}  (${epsilon})`);
  printLine(`delta             ${delta}`);
  printLine(`noise multiplier  ${found.noiseMultiplier}`);
  printLine(`unit, adjacency   record, ${adjacency}`);
  printLine(`accountant        ${accountant}`);
  printLine(
    samplingProbability === 1
      ? `assumes           ${steps} steps on all records, no sampling`
      : `assumes           ${steps} steps, Poisson sampling with probability ${samplingProbability}, kept secret`,
  );
}
