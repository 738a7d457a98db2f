import { Random, type ModelSpec, type TrainingData } from '@fedward/core';

/**
 * Normal features, since a step takes as long on them as on anything.
 * @param label of record i; default: as many of one class as of the other
 */
export function noiseFor(
  { inputShape }: ModelSpec,
  count: number,
  random = new Random(1),
  label: (i: number) => number = (i) => i % 2,
): TrainingData {
  const size = inputShape.reduce((product, n) => product * n, 1);
  return {
    count,
    featureShape: inputShape,
    features: Float32Array.from({ length: count * size }, () => random.normal()),
    labels: Float32Array.from({ length: count }, (_, i) => label(i)),
  };
}
