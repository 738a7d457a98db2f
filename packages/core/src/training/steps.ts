import { FedwardError } from '../base/errors.js';
import type { BatchesSpec } from '../plan/plan.js';

/** Steps of one training that have draws of their own: a step is one 32-bit word of the generator's nonce. */
const mostSteps = 2 ** 31 - 1;

/**
 * @param count number of records
 * @returns the steps of one round
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming the key for more of them than have draws of their own
 */
export function stepsOf(batches: BatchesSpec, count: number): number {
  const steps = batches.kind === 'shuffle' ? batches.epochs * Math.ceil(count / batches.size) : batches.steps;
  if (steps <= mostSteps) return steps;
  const key = batches.kind === 'shuffle' ? 'epochs' : 'steps';
  throw new FedwardError(
    'CONFIG_INCOMPATIBLE',
    `the round has ${steps} steps, a training at most ${mostSteps}`,
    `training.batches.${key}`,
  );
}
