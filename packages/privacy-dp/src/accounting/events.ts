import {
  assertInteger,
  assertNotNegative,
  assertPositive,
  assertProbability,
  FedwardError,
  type DpEvent,
} from '@fedward/core';

/** Who is in a step: each record with a probability (Poisson), or a number of them drawn without replacement. */
export type Sampling =
  | {
      /** Each record is in each step's batch with this probability, independently; in [0, 1]; 1 is no sampling. */
      readonly samplingProbability: number;
      readonly sampleSize?: undefined;
      readonly population?: undefined;
    }
  | {
      readonly samplingProbability?: undefined;
      /** So many records are in each step's batch; an integer from 0 to `population`. */
      readonly sampleSize: number;
      /** An integer >= 1. */
      readonly population: number;
    };

/** The noise of a step. */
export interface Noise {
  /** Default: gaussian. */
  readonly mechanism?: NoiseMechanism;
  /**
   * Gaussian: standard deviation over the L2 sensitivity (in DP-SGD: over the clip norm). Laplace: scale over the L1
   * sensitivity. Discrete Gaussian: parameter sigma over the L2 sensitivity. >= 0.
   */
  readonly noiseMultiplier: number;
  /** Of the discrete Gaussian alone, whose price depends on it: L2 sensitivity of the integers, > 0. Default: 1. */
  readonly sensitivity?: number;
}

/** The kinds of noise that a step may have. */
export const noiseMechanisms = ['gaussian', 'laplace', 'discrete-gaussian'] as const;
/** The noise of a release, by name. */
export type NoiseMechanism = (typeof noiseMechanisms)[number];

/** The steps of DP-SGD that an event stands for. */
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
  return stepsEvent({ samplingProbability, noiseMultiplier, steps });
}

/**
 * What so many steps do, each a release with noise on a sample of the records. With everybody drawn nothing is
 * sampled, and without noise nothing is private; the event says so in plain types.
 *
 * @param options.steps an integer >= 0
 * @throws {FedwardError} ARGUMENT_INVALID for what is out of range
 */
export function stepsEvent({ steps, ...step }: Sampling & Noise & { readonly steps: number }): DpEvent {
  assertInteger('steps', steps);
  assertNotNegative('noiseMultiplier', step.noiseMultiplier);
  const sample = sampled(step);
  if (step.noiseMultiplier === 0)
    return { type: 'non-private', reason: 'gradients without noise (noise multiplier 0)' };
  return { type: 'repeated', event: sample(noisy(step)), count: steps };
}

function sampled({ samplingProbability, sampleSize, population }: Sampling): (event: DpEvent) => DpEvent {
  if (samplingProbability !== undefined) {
    assertProbability('samplingProbability', samplingProbability);
    return (event) => (samplingProbability === 1 ? event : { type: 'poisson-sampled', samplingProbability, event });
  }
  assertInteger('population', population, 1);
  assertInteger('sampleSize', sampleSize, 0, population);
  return (event) =>
    sampleSize === population ? event : { type: 'fixed-size-sampled', size: sampleSize, population, event };
}

function noisy({ mechanism = 'gaussian', noiseMultiplier, sensitivity = 1 }: Noise): DpEvent {
  switch (mechanism) {
    case 'gaussian':
    case 'laplace':
      return { type: mechanism, noiseMultiplier };
    case 'discrete-gaussian':
      assertPositive('sensitivity', sensitivity);
      return { type: mechanism, sigma: noiseMultiplier * sensitivity, sensitivity };
    default:
      throw new FedwardError(
        'ARGUMENT_INVALID',
        `mechanism must be one of ${noiseMechanisms.join(', ')}, got ${String(mechanism)}`,
        'mechanism',
      );
  }
}
