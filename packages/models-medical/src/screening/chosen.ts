import { FedwardError, type TrainingData } from '@fedward/core';

/**
 * The same records with some of their features, in the order of `indices`: what a screening chose.
 * @throws {FedwardError} ARGUMENT_INVALID for an index that is no feature, or none at all
 */
export function withFeatures(data: TrainingData, indices: readonly number[]): TrainingData {
  const width = data.featureShape.reduce((product, n) => product * n, 1);
  const wrong = indices.find((j) => !Number.isInteger(j) || j < 0 || j >= width);
  if (wrong !== undefined || indices.length === 0)
    throw new FedwardError(
      'ARGUMENT_INVALID',
      indices.length === 0 ? 'no feature was chosen' : `there is no feature ${wrong} among ${width}`,
      'indices',
    );
  const { count, labels, patientIds, sharedStatistics } = data;
  const features = new Float32Array(count * indices.length);
  for (let row = 0; row < count; row++)
    indices.forEach((j, k) => (features[row * indices.length + k] = data.features[row * width + j]!));
  return {
    ...{ count, featureShape: [indices.length], features, labels },
    ...(patientIds && { patientIds }),
    ...(sharedStatistics !== undefined && { sharedStatistics }),
  };
}
