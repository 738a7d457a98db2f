import { FedwardError, type AccountantFactory } from '@fedward/core';
import { accountants, calibrateNoiseMultiplier, dpSgdEvent } from '@fedward/privacy-dp';
import { epsilonText, printJson, printLine } from './output.js';

/** Steps of DP-SGD with Poisson batches. */
export interface Sampled {
  readonly samplingProbability: number;
  readonly steps: number;
  readonly delta: number;
  readonly accountant: string;
  readonly json?: boolean;
}

const adjacency = 'add-or-remove-one';

export function epsilonAction(options: Sampled & { noiseMultiplier: number }): void {
  const accountant = accountantNamed(options.accountant)(adjacency);
  accountant.compose(dpSgdEvent(options));
  const epsilon = accountant.epsilon(options.delta);
  report({ epsilon, noiseMultiplier: options.noiseMultiplier }, options);
}

export function calibrateAction(options: Sampled & { epsilon: number }): void {
  const create = accountantNamed(options.accountant);
  const noiseMultiplier = calibrateNoiseMultiplier({ ...options, accountant: create });
  const accountant = create(adjacency);
  accountant.compose(dpSgdEvent({ ...options, noiseMultiplier }));
  report({ epsilon: accountant.epsilon(options.delta), noiseMultiplier }, options);
}

function accountantNamed(name: string): AccountantFactory {
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
