import { assertProbability, FedwardError } from '@fedward/core';

/** How samples spread, in their own unit. */
export interface Summary {
  readonly count: number;
  readonly minimum: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly maximum: number;
}

/**
 * The quantile of samples, linear between order statistics (Hyndman and Fan 1996, definition 7).
 * @param probability in [0, 1]
 * @throws {FedwardError} ARGUMENT_INVALID for no samples, or a probability outside [0, 1]
 */
export function quantile(samples: readonly number[], probability: number): number {
  assertProbability('probability', probability);
  if (samples.length === 0) throw new FedwardError('ARGUMENT_INVALID', 'there are no samples', 'samples');
  const sorted = samples.toSorted((a, b) => a - b);
  const at = probability * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  const above = sorted[Math.ceil(at)]!;
  return below + (above - below) * (at - Math.floor(at));
}

/** @throws {FedwardError} ARGUMENT_INVALID for no samples */
export function summarise(samples: readonly number[]): Summary {
  return {
    count: samples.length,
    minimum: quantile(samples, 0),
    lowerQuartile: quantile(samples, 0.25),
    median: quantile(samples, 0.5),
    upperQuartile: quantile(samples, 0.75),
    maximum: quantile(samples, 1),
  };
}

/**
 * Sample i of the one over sample i of the other: the two were measured one after the other, so that what slowed the
 * machine down slowed both.
 * @throws {FedwardError} ARGUMENT_INVALID for samples that are not in pairs
 */
export function pairedRatios(numerator: readonly number[], denominator: readonly number[]): number[] {
  if (numerator.length !== denominator.length)
    throw new FedwardError(
      'ARGUMENT_INVALID',
      `${numerator.length} and ${denominator.length} samples are not pairs`,
      'samples',
    );
  return numerator.map((value, i) => value / denominator[i]!);
}
