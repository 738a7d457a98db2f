import type { MedicalDataset } from '../index.js';

/**
 * Logistic regression by Newton's method (iteratively reweighted least squares), all but unpenalised, for tests.
 * @returns the intercept and then a weight a feature
 */
export function fitLogistic({ features, labels, count }: MedicalDataset, ridge = 1e-8): Float64Array {
  const size = features.length / count + 1;
  let weights = new Float64Array(size);
  for (let iteration = 0; iteration < 50; iteration++) {
    const gradient = weights.map((w) => -ridge * w);
    const hessian = Array.from({ length: size }, (_, i) =>
      Float64Array.from({ length: size }, (_, j) => (i === j ? ridge : 0)),
    );
    for (let row = 0; row < count; row++) {
      const x = rowWithOne(features, row, size);
      const p = 1 / (1 + Math.exp(-dot(weights, x)));
      for (let i = 0; i < size; i++) {
        gradient[i]! += (labels[row]! - p) * x[i]!;
        for (let j = 0; j < size; j++) hessian[i]![j]! += p * (1 - p) * x[i]! * x[j]!;
      }
    }
    const step = solve(hessian, gradient);
    weights = weights.map((w, i) => w + step[i]!);
    if (step.every((s) => Math.abs(s) < 1e-10)) return weights;
  }
  throw new Error('Newton’s method did not converge');
}

/** Classes 0 and 1 by the sign of the log-odds. */
export function predictLogistic(weights: Float64Array, { features, count }: MedicalDataset): number[] {
  return Array.from({ length: count }, (_, row) =>
    dot(weights, rowWithOne(features, row, weights.length)) > 0 ? 1 : 0,
  );
}

function rowWithOne(features: Float32Array, row: number, size: number): Float64Array {
  return Float64Array.from([1, ...features.subarray(row * (size - 1), (row + 1) * (size - 1))]);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0);
}

/** Gauss elimination with row pivots; `matrix` and `right` are used up. */
function solve(matrix: Float64Array[], right: Float64Array): Float64Array {
  const n = right.length;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(matrix[i]![k]!) > Math.abs(matrix[pivot]![k]!)) pivot = i;
    [matrix[k], matrix[pivot]] = [matrix[pivot]!, matrix[k]!];
    [right[k], right[pivot]] = [right[pivot]!, right[k]!];
    for (let i = k + 1; i < n; i++) {
      const factor = matrix[i]![k]! / matrix[k]![k]!;
      for (let j = k; j < n; j++) matrix[i]![j]! -= factor * matrix[k]![j]!;
      right[i]! -= factor * right[k]!;
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) right[i]! -= matrix[i]![j]! * right[j]!;
    right[i]! /= matrix[i]![i]!;
  }
  return right;
}
