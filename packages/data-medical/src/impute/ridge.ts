import { FedwardError } from '@fedward/core';
import type { RidgeStep } from './question.js';

/** Sums over records: of the other variables x, of those of a column y, and of their products. */
export interface RidgeSums {
  readonly count: number;
  /** [x, then y] */
  readonly sums: Float64Array;
  /** [x, x]: on and below the diagonal. */
  readonly products: Float64Array;
  /** [y, x] */
  readonly cross: Float64Array;
}

/**
 * Ridge regression from sums (Hoerl and Kennard 1970, Technometrics 12(1), equation 2.1), the intercept not held back: with
 * Sxx and Sxy the sums of squares and products around the means, the weights are (Sxx + ridge I)^-1 Sxy.
 *
 * @param ridge > 0
 * @throws {FedwardError} UPDATE_INVALID, naming the column, where the sums are those of no records
 */
export function ridgeFromSums(
  { count, sums, products, cross }: RidgeSums,
  column: number,
  targets: number,
  ridge: number,
  name: string,
): RidgeStep {
  if (!(count > 0)) throw invalid(name);
  const p = sums.length - targets;
  const matrix = new Float64Array(p * p);
  for (let j = 0; j < p; j++)
    for (let k = 0; k <= j; k++)
      matrix[j * p + k] = products[j * p + k]! - (sums[j]! * sums[k]!) / count + (j === k ? ridge : 0);
  factorize(matrix, p, name);
  const weights: number[][] = [];
  const intercepts: number[] = [];
  for (let t = 0; t < targets; t++) {
    const y = sums[p + t]!;
    const own = new Float64Array(p);
    for (let j = 0; j < p; j++) own[j] = cross[t * p + j]! - (y * sums[j]!) / count;
    substitute(matrix, own);
    let intercept = y / count;
    for (let j = 0; j < p; j++) intercept -= own[j]! * (sums[j]! / count);
    weights.push([...own]);
    intercepts.push(intercept);
  }
  return { column, intercepts, weights };
}

/** Cholesky's factor L of a positive definite matrix, [n, n], in its lower half. */
function factorize(matrix: Float64Array, n: number, name: string): void {
  for (let j = 0; j < n; j++)
    for (let k = 0; k <= j; k++) {
      let sum = matrix[j * n + k]!;
      for (let i = 0; i < k; i++) sum -= matrix[j * n + i]! * matrix[k * n + i]!;
      if (j !== k) matrix[j * n + k] = sum / matrix[k * n + k]!;
      else if (sum > 0) matrix[j * n + j] = Math.sqrt(sum);
      else throw invalid(name);
    }
}

/** Solves L L' x = b; `b` becomes x. */
function substitute(factor: Float64Array, b: Float64Array): void {
  const n = b.length;
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < j; k++) b[j]! -= factor[j * n + k]! * b[k]!;
    b[j]! /= factor[j * n + j]!;
  }
  for (let j = n - 1; j >= 0; j--) {
    for (let k = j + 1; k < n; k++) b[j]! -= factor[k * n + j]! * b[k]!;
    b[j]! /= factor[j * n + j]!;
  }
}

function invalid(name: string): FedwardError {
  return new FedwardError('UPDATE_INVALID', `column "${name}": the sums are those of no records`, name);
}
