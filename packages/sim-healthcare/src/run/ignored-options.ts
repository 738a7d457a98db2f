import { FedwardError, type TrainingPlan } from '@fedward/core';
import type { Scenario } from '../scenario/scenario.js';
import type { SimulateOptions } from './options.js';

/**
 * An option that would change nothing is refused: who gives it believes that it does.
 * @throws {FedwardError} CONFIG_INVALID naming the option
 */
export function assertNoIgnoredOptions(scenario: Scenario, options: SimulateOptions): void {
  if (options.hospitals !== undefined && scenario.needsData)
    throw ignored(
      '--hospitals',
      `the hospitals of ${scenario.name} are those in its data${scenario.takesPartition ? '; --partition says how they are made' : ''}`,
    );
  if (options.schema !== undefined && !scenario.takesSchema)
    throw ignored('--schema', `${scenario.name} knows what its data mean: a schema is for --scenario study`);
  if (options.partition !== undefined && !scenario.takesPartition)
    throw ignored(
      '--partition',
      `the hospitals of ${scenario.name} are given; one table is parted by --scenario study`,
    );
  if (options.without !== undefined && options.without.length > 0 && !scenario.leavesOut)
    throw ignored('--without', `the hospitals of ${scenario.name} can't be parted: something is made over all of them`);
  if (options.optOuts !== undefined && !scenario.takesOptOuts)
    throw ignored(
      '--opt-outs',
      `${scenario.name} is read in a way of its own, which knows no patient ids: give your data and their schema to --scenario study`,
    );
  if (options.labelNoise !== undefined && !scenario.takesLabelNoise)
    throw ignored(
      '--label-noise',
      `labels are made wrong where patients are simulated, as in tutorial, not in ${scenario.name}`,
    );
  if (options.noisyHospitals !== undefined && options.labelNoise === undefined)
    throw ignored('--noisy-hospitals', 'it says at how many hospitals --label-noise is: give that too');
}

/** @throws {FedwardError} CONFIG_INVALID for a number of hospitals that the scenario can't have */
export function assertNumberOfHospitals({ name, mostHospitals }: Scenario, hospitals: number | undefined): void {
  if (hospitals === undefined || mostHospitals === undefined) return;
  if (!Number.isSafeInteger(hospitals) || hospitals < 1 || hospitals > mostHospitals)
    throw ignored('--hospitals', `${name} has from 1 to ${mostHospitals} hospitals, not ${hospitals}`);
}

/** The same for what depends on the plan that came of the options. */
export function assertNoneIgnoredBy(plan: TrainingPlan, options: SimulateOptions): void {
  if (options.secureNoise && plan.privacy === null)
    throw ignored('--secure-noise', 'without privacy there is no noise: give --privacy too');
  // Nothing has a price where there is no delta, as with masks alone.
  if (options.ledger !== undefined && plan.privacy?.delta === undefined)
    throw ignored('--ledger', 'without privacy nothing is charged: give --privacy too');
}

/** Options that only privacy gives a meaning to. */
export function assertNoPrivacyOptions(options: SimulateOptions, why: string): void {
  for (const key of ['epsilon', 'delta', 'noiseMultiplier', 'clipNorm', 'budget', 'accountant', 'unit'] as const)
    if (options[key] !== undefined) throw ignored(flagOf(key), why);
}

/** `noiseMultiplier` as it is written on the command line. */
function flagOf(option: string): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function ignored(option: string, why: string): FedwardError {
  return new FedwardError('CONFIG_INVALID', `${option}: ${why}`, option);
}
