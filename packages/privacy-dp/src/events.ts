import { assertInteger, assertNotNegative, assertProbability, type DpEvent } from '@fedward/core';

export interface DpSgdSteps {
  /** Each record is in each step's batch with this probability, independently; in [0, 1]. */
  readonly samplingProbability: number;
  /** Standard deviation of the noise on the sum of clipped gradients, over the clip norm; >= 0. */
  readonly noiseMultiplier: number;
  /** An integer >= 0. */
  readonly steps: number;
}

/**
 * What so many steps of DP-SGD do (Abadi et al. 2016, algorithm 1): Poisson-sampled Gaussian releases. With
 * probability 1 nothing is sampled, and without noise nothing is private; the event says so in plain types.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for what is out of range
 */
export function dpSgdEvent({ samplingProbability, noiseMultiplier, steps }: DpSgdSteps): DpEvent {
  assertProbability('samplingProbability', samplingProbability);
  assertNotNegative('noiseMultiplier', noiseMultiplier);
  assertInteger('steps', steps);
  if (noiseMultiplier === 0) return { type: 'non-private', reason: 'gradients without noise (noise multiplier 0)' };
  const release: DpEvent = { type: 'gaussian', noiseMultiplier };
  const step: DpEvent =
    samplingProbability === 1 ? release : { type: 'poisson-sampled', samplingProbability, event: release };
  return { type: 'repeated', event: step, count: steps };
}
