import { FedwardError, isFedwardError, type AccountantFactory } from '@fedward/core';
import { calibrateNoiseMultiplier, calibrateSteps, stepsEvent } from '@fedward/privacy-dp/accounting';
import { namingOption } from '../options/naming-option.js';
import { printJson, printLine } from '../terminal/output.js';
import { accountantNamed } from './accountant-named.js';
import { adjacencyOf, assumption, noiseOf, samplingOf, type StepOptions } from './privacy-steps.js';

/** What is priced. */
interface Steps {
  readonly noiseMultiplier: number;
  readonly steps: number;
}

export async function epsilonAction(options: StepOptions & Steps): Promise<void> {
  const accountant = await accountantNamed(options.accountant);
  namingOptions(options, () => report(options, options, accountant));
}

/** With `steps` it seeks the noise, with `noiseMultiplier` the steps; the command line lets no one give both. */
export async function calibrateAction(
  options: StepOptions & Partial<Steps> & { readonly epsilon: number },
): Promise<void> {
  const accountant = await accountantNamed(options.accountant);
  namingOptions(options, () => {
    const { epsilon, delta, steps, noiseMultiplier } = options;
    const target = {
      ...{ epsilon, delta, accountant, adjacency: adjacencyOf(options) },
      ...{ ...samplingOf(options), ...noiseOf(options) },
    };
    if (steps !== undefined)
      return report({ noiseMultiplier: calibrateNoiseMultiplier({ ...target, steps }), steps }, options, accountant);
    if (noiseMultiplier !== undefined)
      return report({ noiseMultiplier, steps: calibrateSteps({ ...target, noiseMultiplier }) }, options, accountant);
    throw new FedwardError(
      'CONFIG_INVALID',
      '--steps: give --steps to calibrate the noise, or --noise-multiplier to calibrate the steps',
      '--steps',
    );
  });
}

/** Prices the steps and prints the epsilon with all that it depends on. */
function report({ noiseMultiplier, steps }: Steps, options: StepOptions, priced: AccountantFactory): void {
  const { delta, accountant, json } = options;
  const [adjacency, sampling, noise] = [adjacencyOf(options), samplingOf(options), noiseOf(options)];
  const spent = priced(adjacency).preview(stepsEvent({ ...sampling, ...noise, noiseMultiplier, steps }), delta);
  const epsilon = Number.isFinite(spent) ? spent : null;
  if (json)
    return printJson({
      ...{ epsilon, delta, accountant, adjacency, unit: 'record' },
      ...{ ...noise, noiseMultiplier, ...sampling, steps },
    });
  const sensitivity = noise.mechanism === 'discrete-gaussian' ? `, sensitivity ${noise.sensitivity ?? 1}` : '';
  printLine(`epsilon           ${epsilon ?? 'unbounded'}`);
  printLine(`delta             ${delta}`);
  printLine(`noise             ${noise.mechanism}, noise multiplier ${noiseMultiplier}${sensitivity}`);
  if (adjacency === 'replace-one')
    printLine('                  over the sensitivity to replacing a record: of a clipped sum twice the clip norm');
  printLine(`unit, adjacency   record, ${adjacency}`);
  printLine(`accountant        ${accountant}`);
  printLine(`assumes           ${assumption(sampling, steps)}`);
}

/** Runs an action; what it throws names the option that the caller can change. */
function namingOptions({ accountant, ...options }: StepOptions, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (isFedwardError(error) && error.code === 'EVENT_UNSUPPORTED')
      throw new FedwardError(
        error.code,
        `--accountant ${accountant}, --adjacency ${adjacencyOf({ accountant, ...options })}: ${error.message}`,
        '--accountant',
        { cause: error },
      );
    throw namingOption(error, [
      ...['--epsilon', '--delta', '--steps', '--noise-multiplier', '--sensitivity'],
      ...['--sampling-probability', '--sample-size', '--population'],
    ]);
  }
}
