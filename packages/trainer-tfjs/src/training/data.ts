import { FedwardError, type TrainingData } from '@fedward/core';

/** Number of values of one example. */
export function exampleSize(data: TrainingData): number {
  return data.featureShape.reduce((product, n) => product * n, 1);
}

/**
 * @param inputShape of the model
 * @throws {FedwardError} DATA_MALFORMED where the examples have another shape or the array another length than
 * `count` says, DATA_NOT_FINITE for a NaN or an Infinity among the features
 */
export function checkFeatures(data: TrainingData, inputShape: readonly number[]): void {
  const { count, featureShape, features } = data;
  if (featureShape.length !== inputShape.length || featureShape.some((n, axis) => n !== inputShape[axis]))
    throw new FedwardError(
      'DATA_MALFORMED',
      `the model takes examples of shape [${inputShape.join(', ')}], the data has [${featureShape.join(', ')}]`,
      'featureShape',
    );
  const size = exampleSize(data);
  if (features.length !== count * size)
    throw new FedwardError(
      'DATA_MALFORMED',
      `${count} examples of ${size} values were given ${features.length} values`,
      'features',
    );
  const bad = features.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new FedwardError(
      'DATA_NOT_FINITE',
      `row ${Math.floor(bad / size)} has a feature that is not finite`,
      'features',
    );
}

/** Also @throws {FedwardError} DATA_EMPTY without records, DATA_MALFORMED for too many or too few labels */
export function checkTrainingData(data: TrainingData, inputShape: readonly number[]): void {
  if (data.count === 0) throw new FedwardError('DATA_EMPTY', 'there are no records to train on', 'data');
  checkFeatures(data, inputShape);
  if (data.labels.length !== data.count)
    throw new FedwardError('DATA_MALFORMED', `${data.count} examples have ${data.labels.length} labels`, 'labels');
}

/** Some rows of a data set, copied. */
export interface Batch {
  readonly size: number;
  /** [size, ...featureShape] */
  readonly features: Float32Array;
  /** [size] */
  readonly labels: Float32Array;
  /** [size]: whose records they are, where those of one patient are clipped together. */
  readonly patients?: Uint32Array;
}

export function gatherBatch(data: TrainingData, rows: Uint32Array, patients?: Uint32Array): Batch {
  const width = exampleSize(data);
  const features = new Float32Array(rows.length * width);
  const labels = new Float32Array(rows.length);
  rows.forEach((row, i) => {
    features.set(data.features.subarray(row * width, (row + 1) * width), i * width);
    labels[i] = data.labels[row]!;
  });
  return { size: rows.length, features, labels, ...(patients && { patients: rows.map((row) => patients[row]!) }) };
}
