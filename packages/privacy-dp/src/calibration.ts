import {
  assertInteger,
  assertPositive,
  assertProbability,
  assertThat,
  FedwardError,
  type AccountantFactory,
  type Adjacency,
} from '@fedward/core';
import { assertDelta } from './accounting/delta.js';
import { dpSgdEvent } from './events.js';
import { leastNumber } from './numeric/search.js';

export interface CalibrationTarget {
  /** Nats, > 0. */
  readonly epsilon: number;
  /** In (0, 1). */
  readonly delta: number;
  /** In (0, 1]; 1 is no sampling. */
  readonly samplingProbability: number;
  /** Over the whole run, >= 1. */
  readonly steps: number;
  readonly accountant: AccountantFactory;
  /** Default: add-or-remove-one. */
  readonly adjacency?: Adjacency;
}

const range = { minimum: 1e-4, maximum: 1e6, relativeTolerance: 1e-6 };

/**
 * The least noise multiplier, to 1e-6 relative, with which so many steps of DP-SGD stay within an epsilon. What
 * the accountant says of the multiplier returned never exceeds the target. It is relative to the sensitivity of the
 * adjacency: under replace-one, noise of standard deviation 2 z C goes with a multiplier of z.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for what is out of range; EVENT_UNSUPPORTED where the accountant can't
 * price these steps; CALIBRATION_IMPOSSIBLE where no multiplier from 1e-4 to 1e6 is the least
 */
export function calibrateNoiseMultiplier(target: CalibrationTarget): number {
  const { epsilon, delta, samplingProbability, steps, accountant, adjacency = 'add-or-remove-one' } = target;
  assertPositive('epsilon', epsilon);
  assertDelta(delta);
  assertProbability('samplingProbability', samplingProbability);
  assertThat(samplingProbability > 0, 'samplingProbability', 'samplingProbability must be above 0');
  assertInteger('steps', steps, 1);

  const fresh = accountant(adjacency);
  const spent = (noiseMultiplier: number): number =>
    fresh.preview(dpSgdEvent({ samplingProbability, noiseMultiplier, steps }), delta);
  const found = leastNumber((noiseMultiplier) => spent(noiseMultiplier) <= epsilon, range);
  if (found === undefined)
    throw impossible(
      `accountant ${fresh.name} can't prove epsilon ${epsilon} at delta ${delta} for ${steps} steps with sampling ` +
        `probability ${samplingProbability}: with noise multiplier ${range.maximum} it still says ${spent(range.maximum)}`,
    );
  if (found === range.minimum)
    throw impossible(
      `epsilon ${epsilon} at delta ${delta} holds almost without noise: with noise multiplier ${range.minimum} ` +
        `accountant ${fresh.name} says ${spent(range.minimum)}, so there is nothing to calibrate`,
    );
  return found;
}

function impossible(message: string): FedwardError {
  return new FedwardError('CALIBRATION_IMPOSSIBLE', message, 'epsilon');
}
