import { FedwardError, type Adjacency } from '@fedward/core';
import type { NoiseMechanism, Sampling } from '@fedward/privacy-dp/accounting';

/** Steps with noise on samples of the records, as the command line gives them. */
export interface StepOptions {
  readonly mechanism: NoiseMechanism;
  readonly sensitivity?: number;
  readonly samplingProbability?: number;
  readonly sampleSize?: number;
  readonly population?: number;
  readonly adjacency?: Adjacency;
  readonly delta: number;
  readonly accountant: string;
  readonly json?: boolean;
}

/**
 * Who is in a step.
 * @throws {FedwardError} CONFIG_INVALID naming the option that is missing
 */
export function samplingOf({ samplingProbability, sampleSize, population }: StepOptions): Sampling {
  if (samplingProbability !== undefined) return { samplingProbability };
  if (sampleSize === undefined)
    throw missing(
      '--sampling-probability',
      'say how records are drawn: --sampling-probability, where 1 is all of them, or --sample-size and --population',
    );
  if (population === undefined) throw missing('--population', `--sample-size ${sampleSize} of how many records?`);
  return { sampleSize, population };
}

/** What the noise is, but for how much of it. */
export function noiseOf({ mechanism, sensitivity }: StepOptions): {
  readonly mechanism: NoiseMechanism;
  readonly sensitivity?: number;
} {
  if (sensitivity === undefined) return { mechanism };
  if (mechanism !== 'discrete-gaussian')
    throw missing('--sensitivity', `${mechanism} noise is given relative to it: only discrete-gaussian asks for it`);
  return { mechanism, sensitivity };
}

/** As asked; by default the one that the sampling is proved for. */
export function adjacencyOf({ adjacency, sampleSize }: StepOptions): Adjacency {
  return adjacency ?? (sampleSize === undefined ? 'add-or-remove-one' : 'replace-one');
}

/** What an epsilon takes for granted of the sampling, in words. */
export function assumption(
  { samplingProbability, sampleSize, population }: Sampling,
  steps: number,
  units: 'records' | 'patients' = 'records',
): string {
  if (samplingProbability === 1 || (sampleSize !== undefined && sampleSize === population))
    return `${steps} steps on all ${units}, no sampling`;
  return samplingProbability === undefined
    ? `${steps} steps, each on ${sampleSize} of ${population} ${units}, drawn without replacement and kept secret`
    : `${steps} steps, Poisson sampling of ${units} with probability ${samplingProbability}, kept secret`;
}

function missing(option: string, why: string): FedwardError {
  return new FedwardError('CONFIG_INVALID', `${option}: ${why}`, option);
}
