/** [truth, predicted], row by row, of k classes; counts of records, or of their weights. */
export type Counts = ArrayLike<number>;

/** @returns [k x k] */
export function confusionCounts(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): Float64Array {
  const counts = new Float64Array(classes * classes);
  for (let i = 0; i < labels.length; i++) counts[labels[i]! * classes + predicted[i]!]!++;
  return counts;
}

/** What is computed from a confusion matrix as a whole. Null where it is not defined. */
export interface Agreement {
  /** Mean over classes of the share that was recognised (Brodersen et al. 2010); not defined where a class is absent. */
  readonly balancedAccuracy: number | null;
  /** Of class 1 of two; of more classes the mean over them: 2 TP / (2 TP + FP + FN). */
  readonly f1: number | null;
  /**
   * Matthews's correlation of two classes, Gorodkin's (2004) of more. 0 where only one class occurs, or is predicted, as scikit-learn's;
   * not defined of no record.
   */
  readonly mcc: number | null;
  /** Cohen's (1960): agreement beyond chance. Not defined where chance alone agrees. */
  readonly kappa: number | null;
}

export function agreement(counts: Counts, classes: number): Agreement {
  const truth = new Float64Array(classes);
  const predicted = new Float64Array(classes);
  let [total, right] = [0, 0];
  for (let t = 0; t < classes; t++) {
    right += counts[t * classes + t]!;
    for (let p = 0; p < classes; p++) {
      const n = counts[t * classes + p]!;
      truth[t]! += n;
      predicted[p]! += n;
      total += n;
    }
  }
  let [recalls, products, truthSquares, predictedSquares] = [0, 0, 0, 0];
  for (let k = 0; k < classes; k++) {
    recalls += counts[k * classes + k]! / truth[k]!;
    products += truth[k]! * predicted[k]!;
    truthSquares += truth[k]! ** 2;
    predictedSquares += predicted[k]! ** 2;
  }
  const spread = (total ** 2 - truthSquares) * (total ** 2 - predictedSquares);
  const byChance = total ** 2 - products;
  return {
    balancedAccuracy: defined(recalls / classes),
    f1: meanF1(counts, truth, predicted),
    mcc: spread === 0 ? (total === 0 ? null : 0) : defined((right * total - products) / Math.sqrt(spread)),
    kappa: byChance === 0 ? null : defined((right * total - products) / byChance),
  };
}

function meanF1(counts: Counts, truth: Float64Array, predicted: Float64Array): number | null {
  const classes = truth.length;
  let sum = 0;
  for (let k = classes === 2 ? 1 : 0; k < classes; k++)
    sum += (2 * counts[k * classes + k]!) / (truth[k]! + predicted[k]!);
  return defined(sum / (classes === 2 ? 1 : classes));
}

function defined(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
