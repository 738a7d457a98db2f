import { FedwardError } from '../base/errors.js';
import type { TrainingData } from '../interfaces/trainer.js';
import { firstNonFinite } from '../base/finite.js';

/** Number of values of one example. */
export function exampleSize(data: TrainingData): number {
  return data.featureShape.reduce((product, n) => product * n, 1);
}

/**
 * @param inputShape of the model
 * @throws {FedwardError} DATA_MALFORMED where the examples have another shape or the array another length than
 * `count` says, DATA_NOT_FINITE for a NaN or an Infinity among the features
 */
export function assertFeatures(data: TrainingData, inputShape: readonly number[]): void {
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
  if (finite.has(features)) return;
  const bad = firstNonFinite(features);
  if (bad >= 0)
    throw new FedwardError(
      'DATA_NOT_FINITE',
      `row ${Math.floor(bad / size)} has a feature that is not finite`,
      'features',
    );
  finite.add(features);
}

/** Arrays that were looked through: a site trains on the same one in every round. */
const finite = new WeakSet<Float32Array>();

/** Also @throws {FedwardError} DATA_EMPTY without records, DATA_MALFORMED for too many or too few labels */
export function assertTrainingData(data: TrainingData, inputShape: readonly number[]): void {
  if (data.count === 0) throw new FedwardError('DATA_EMPTY', 'there are no records to train on', 'data');
  assertFeatures(data, inputShape);
  if (data.labels.length !== data.count)
    throw new FedwardError('DATA_MALFORMED', `${data.count} examples have ${data.labels.length} labels`, 'labels');
}
