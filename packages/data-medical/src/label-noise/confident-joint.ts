/**
 * A probability counts as reaching a threshold from this far below it on: that of rows which are all alike is their mean
 * but for rounding.
 */
const rounding = 1e-6;

/** Where labels and confident predictions agree, and where not. */
export interface ConfidentJoint {
  /** t_j for each class; undefined for one that no row is labelled as. */
  readonly thresholds: readonly (number | undefined)[];
  /** C[given][true]: rows that are labelled as the one and confidently predicted as the other. */
  readonly counts: readonly (readonly number[])[];
  /** The class that each row is confidently predicted as; -1 where it is none. */
  readonly confident: Int32Array;
}

/**
 * Thresholds and the confident joint (Northcutt, Jiang and Chuang 2021, equations 2 and 1): t_j is the mean probability of
 * class j over the rows that are labelled so. A row is confidently predicted as the most probable of those classes whose
 * threshold it reaches.
 *
 * @param probabilities of shape [rows, classes], out of sample
 */
export function confidentJoint(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
): ConfidentJoint {
  const sums = new Float64Array(classes);
  const labelled = new Float64Array(classes);
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]!;
    sums[label]! += probabilities[row * classes + label]!;
    labelled[label]!++;
  }
  const thresholds = Array.from(sums, (sum, j) => (labelled[j] === 0 ? undefined : sum / labelled[j]!));
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const confident = Int32Array.from({ length: labels.length }, (_, row) => {
    let found = -1;
    for (let j = 0; j < classes; j++) {
      const p = probabilities[row * classes + j]!;
      const threshold = thresholds[j];
      if (threshold === undefined || !(p >= threshold - rounding)) continue;
      if (found < 0 || p > probabilities[row * classes + found]!) found = j;
    }
    if (found >= 0) counts[labels[row]!]![found]!++;
    return found;
  });
  return { thresholds, counts, confident };
}

/**
 * The joint distribution of given and true labels (equation 3): each row of counts stretched to the number of rows that
 * are labelled so, all of it to a sum of 1.
 */
export function calibrated(counts: readonly (readonly number[])[], labels: ArrayLike<number>): number[][] {
  const labelled = new Float64Array(counts.length);
  for (let row = 0; row < labels.length; row++) labelled[labels[row]!]!++;
  return counts.map((row, given) => {
    const sum = row.reduce((total, n) => total + n, 0);
    // A class that is labelled has a row at or above the mean of its rows; one that isn't has nothing to stretch.
    return row.map((n) => (sum === 0 ? 0 : ((n / sum) * labelled[given]!) / labels.length));
  });
}
