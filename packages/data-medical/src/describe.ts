/** How the values of a column are spread. */
export interface Spread {
  readonly mean: number;
  /** Of the sample (n - 1); 0 for one record or a constant. */
  readonly standardDeviation: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** A data set in figures. */
export interface DatasetSummary {
  readonly name: string;
  readonly records: number;
  readonly patients: number;
  readonly featureShape: readonly number[];
  /** Records of each class, or the spread of the label's values where there are no classes. */
  readonly labels: { readonly classes: readonly { readonly name: string; readonly records: number }[] } | Spread;
  /** Each feature of a table; over all values together for images and signals. */
  readonly features: readonly ({ readonly name: string } & Spread)[];
}

/** What is counted of a data set. */
interface Described {
  readonly name: string;
  readonly count: number;
  readonly patients: number;
  readonly featureShape: readonly number[];
  readonly featureNames: readonly string[];
  readonly features: Float32Array;
  readonly labels: Float32Array;
  readonly classes?: readonly string[];
}

/** What `MedicalDataset.describe` gives. */
export function summarize(dataset: Described): DatasetSummary {
  const { name, count, patients, featureShape, features, labels, classes, featureNames } = dataset;
  const tabular = featureShape.length === 1;
  const counts = classes?.map(() => 0);
  if (counts) for (const y of labels) counts[y]!++;
  return {
    name,
    records: count,
    patients,
    featureShape,
    labels:
      classes && counts
        ? { classes: classes.map((className, c) => ({ name: className, records: counts[c]! })) }
        : spread(labels),
    features: tabular
      ? featureNames.map((feature, i) => ({ name: feature, ...spread(features, i, featureNames.length) }))
      : [{ name: 'all values', ...spread(features) }],
  };
}

/**
 * Mean, sample standard deviation and range of every `stride`-th value from `offset` on, accumulated in float64,
 * in two passes. A constant gives its exact value and a deviation of exactly 0, where a rounded mean would give
 * one of 1e-17, by which nothing should ever be divided.
 *
 * @param values finite, at least one
 */
export function spread(values: Float32Array, offset = 0, stride = 1): Spread {
  let count = 0;
  let sum = 0;
  let minimum = Infinity;
  let maximum = -Infinity;
  for (let i = offset; i < values.length; i += stride) {
    const x = values[i]!;
    count++;
    sum += x;
    if (x < minimum) minimum = x;
    if (x > maximum) maximum = x;
  }
  if (minimum === maximum) return { mean: minimum, standardDeviation: 0, minimum, maximum };
  const mean = sum / count;
  let squares = 0;
  for (let i = offset; i < values.length; i += stride) squares += (values[i]! - mean) ** 2;
  return { mean, standardDeviation: Math.sqrt(squares / (count - 1)), minimum, maximum };
}
