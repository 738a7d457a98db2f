import type { SimulationHooks } from '../run/carry-out.js';
import type { SimulateOptions } from '../run/options.js';
import { simulate } from '../run/simulate.js';
import { parseValidation } from './method.js';
import type { ValidationResult } from './validation-result.js';
import { FedwardError } from '@fedward/core';

/**
 * Runs a scenario's federation with a validation in folds (see `simulate`), and gives the validation. The run's folder has it
 * too, beside the model that all hospitals trained.
 * @param options `validate`: `kfold:K` or `leave-one-hospital-out`
 * @throws {FedwardError} CONFIG_INVALID for a method without folds; as `simulate`
 */
export async function validate(
  options: SimulateOptions & { readonly validate: string },
  folder?: string,
  hooks: SimulationHooks = {},
): Promise<ValidationResult> {
  if (parseValidation(options.validate).kind === 'holdout')
    throw new FedwardError(
      'CONFIG_INVALID',
      '--validate: holdout has no folds: every run has it, see simulate',
      '--validate',
    );
  return (await simulate(options, folder, hooks)).validation!;
}
