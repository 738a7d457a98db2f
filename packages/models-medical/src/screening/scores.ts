import { assertInteger, assertThat } from '@fedward/core';
import type { FeatureSums } from './sums.js';

/**
 * How well each feature alone parts the classes: the F statistic of a one-way analysis of variance (Fisher 1925), the mean
 * square between classes over that within them. With two classes it is the square of Student's pooled t. It needs no more
 * than the sums, so that all hospitals together have the F of their pooled records.
 *
 * @returns [features]: F >= 0; 0 for a feature that is constant, Infinity for one that is constant within each class and
 * differs between them
 * @throws {FedwardError} ARGUMENT_INVALID where no more records than classes, or a class of `sums` without records, leave
 * nothing to compare
 */
export function fStatistics(given: FeatureSums): Float64Array {
  const { classes, features, counts, sums, squares } = given;
  const total = counts.reduce((sum, n) => sum + n, 0);
  const empty = counts.findIndex((n) => !(n > 0));
  assertThat(empty < 0, 'counts', `class ${empty} has no records: there is nothing to compare it by`);
  assertThat(total > classes, 'counts', `${total} records of ${classes} classes leave no spread within them`);
  return Float64Array.from({ length: features }, (_, j) => {
    let [sum, square, means] = [0, 0, 0];
    for (let k = 0; k < classes; k++) {
      const own = sums[k * features + j]!;
      sum += own;
      square += squares[k * features + j]!;
      means += (own * own) / counts[k]!;
    }
    // What rounding leaves of a spread that is none.
    const noise = 1e-12 * square;
    const between = positive(means - (sum * sum) / total, noise) / (classes - 1);
    const within = positive(square - means, noise) / (total - classes);
    return between === 0 ? 0 : between / within;
  });
}

/**
 * The variance of each feature over all records, n - 1 in the denominator: for a screening without labels.
 * @returns [features], >= 0
 * @throws {FedwardError} ARGUMENT_INVALID for fewer than two records
 */
export function variances({ classes, features, counts, sums, squares }: FeatureSums): Float64Array {
  const total = counts.reduce((sum, n) => sum + n, 0);
  assertThat(total >= 2, 'counts', `the variance of ${total} records is none`);
  return Float64Array.from({ length: features }, (_, j) => {
    let [sum, square] = [0, 0];
    for (let k = 0; k < classes; k++) {
      sum += sums[k * features + j]!;
      square += squares[k * features + j]!;
    }
    return positive(square - (sum * sum) / total, 1e-12 * square) / (total - 1);
  });
}

/**
 * The features with the largest scores.
 * @param scores [features]; equal ones go by their place, so that all who count alike keep alike
 * @param most number of features that are kept, >= 1; all where there are no more
 * @returns their indices, ascending
 * @throws {FedwardError} ARGUMENT_INVALID for a score that is not a number
 */
export function keepLargest(scores: ArrayLike<number>, most: number): number[] {
  assertInteger('most', most, 1);
  const indices = Array.from(scores, (score, j) => {
    assertThat(!Number.isNaN(score), 'scores', `the score of feature ${j} is not a number`);
    return j;
  });
  return indices
    .sort((a, b) => (scores[a] === scores[b] ? a - b : scores[b]! > scores[a]! ? 1 : -1))
    .slice(0, most)
    .sort((a, b) => a - b);
}

function positive(value: number, noise: number): number {
  return value > noise ? value : 0;
}
