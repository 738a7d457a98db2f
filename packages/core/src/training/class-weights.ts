import { assertInteger } from '../base/assert.js';
import { FedwardError } from '../base/errors.js';

/**
 * Weights by which each class counts as much as any other: n / (K n_k) for class k of K with n_k of n records (King and
 * Zeng 2001, Political Analysis 9:137, section 4.2; scikit-learn's `balanced`). The mean weight of a record is 1.
 *
 * How many records a class has is data: a site that tells its counts, or a plan whose weights were made from them, releases
 * them. Under differential privacy take counts that are public (a prevalence from the literature), or pay for
 * them (a query for sums), and not those of the records that are to be protected.
 *
 * @param counts one a class, in the order of the classes, whole numbers >= 1
 * @throws {FedwardError} ARGUMENT_INVALID for fewer than two classes, and naming a class without records: no weight makes up for
 *   what is not there
 */
export function balancedClassWeights(counts: readonly number[]): number[] {
  if (counts.length < 2) throw new FedwardError('ARGUMENT_INVALID', 'classes are two or more', 'counts');
  counts.forEach((count, index) => assertInteger(`counts[${index}]`, count, 1));
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => total / (counts.length * count));
}
