import { assertInteger, createLayout, FedwardError, type TensorsForm } from '@fedward/core';

/** What a screening adds up: of each class the number of records, and of each feature the sum and the sum of squares. */
export interface FeatureSums {
  /** Number of classes, >= 2. */
  readonly classes: number;
  /** Number of features, >= 1. */
  readonly features: number;
  /** [classes]. */
  readonly counts: Float64Array;
  /** [classes, features]: sums of the values less their `centre`. */
  readonly sums: Float64Array;
  /** [classes, features]: sums of the squares of the same. */
  readonly squares: Float64Array;
}

/** The most numbers that one answer has. */
const mostSums = 2 ** 28;

/**
 * What the answers of a screening look like: `counts` [classes], `sums` and `squares` [classes, features], in float64.
 * @throws {FedwardError} ARGUMENT_INVALID for fewer than two classes, no feature, or more than 2^28 sums
 */
export function featureSumsForm(classes: number, features: number): TensorsForm {
  assertInteger('classes', classes, 2);
  assertInteger('features', features, 1, Math.floor(mostSums / classes));
  const layout = createLayout([
    { name: 'counts', shape: [classes] },
    { name: 'sums', shape: [classes, features] },
    { name: 'squares', shape: [classes, features] },
  ]);
  return { layout, element: 'f64' };
}

/** Views of the three parts of an answer, or of the sum of several. @param values in the form of `featureSumsForm` */
export function featureSumsOf(values: Float64Array, classes: number, features: number): FeatureSums {
  const { layout } = featureSumsForm(classes, features);
  if (values.length !== layout.size)
    throw new FedwardError('ARGUMENT_INVALID', `${layout.size} sums are needed, got ${values.length}`, 'values');
  const [counts, sums, squares] = layout.tensors.map(({ offset, size }) => values.subarray(offset, offset + size));
  return { classes, features, counts: counts!, sums: sums!, squares: squares! };
}

/**
 * Adds records to sums, class by class.
 *
 * @param features [count, features], finite
 * @param labels [count]: numbers of classes
 * @param centre [features] public constants near the values, taken off first so that the variance of large values does not
 * drown in rounding; default 0
 * @throws {FedwardError} DATA_MALFORMED for arrays of other lengths, LABEL_INVALID or DATA_NOT_FINITE naming the row
 */
export function addToFeatureSums(
  into: FeatureSums,
  { features, labels }: { readonly features: ArrayLike<number>; readonly labels: ArrayLike<number> },
  centre?: ArrayLike<number>,
): void {
  const { classes, features: width, counts, sums, squares } = into;
  if (features.length !== labels.length * width || (centre && centre.length !== width))
    throw new FedwardError(
      'DATA_MALFORMED',
      `${labels.length} records of ${width} features have ${features.length} values` +
        (centre ? `, and the centre ${centre.length}` : ''),
      'features',
    );
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]!;
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw new FedwardError('LABEL_INVALID', `row ${row} has a label that is none of ${classes} classes`, 'labels');
    counts[label]! += 1;
    for (let j = 0; j < width; j++) {
      const value = features[row * width + j]! - (centre?.[j] ?? 0);
      if (!Number.isFinite(value))
        throw new FedwardError('DATA_NOT_FINITE', `row ${row} has a feature that is not finite`, 'features');
      sums[label * width + j]! += value;
      squares[label * width + j]! += value * value;
    }
  }
}
