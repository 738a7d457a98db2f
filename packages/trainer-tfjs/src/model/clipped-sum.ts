import { clipFactors, sumClipped, sumsOfUnits, type SummedGradient } from '@fedward/core/training';
import * as tf from '@tensorflow/tfjs-core';
import { squaredNorms, writeOut, type ExampleGradients } from './example-gradients.js';

/**
 * sum_i g_i, or sum_i g_i min(1, clipNorm / |g_i|) (Abadi et al. 2016, algorithm 1), fetched in one piece. Where it is
 * clipped, a gradient beyond float32 counts as 0: it would make the sum no number, and who refuses that sum has told
 * of the record.
 *
 * @param clipNorm L2 norm over all parameters together, > 0
 * @param patients [batch]: g_i is then the sum over the examples of one patient
 */
export function sumGradients(gradients: ExampleGradients, clipNorm?: number, patients?: Uint32Array): SummedGradient {
  return untracked(() => {
    if (clipNorm === undefined) return { sum: fetchFlat(gradients.map((tensor) => tensor.weightedSum())) };
    const norms = squaredNorms(gradients).map(Math.sqrt);
    // Examples of a patient may cancel, and zero times infinity is no number: both are added up here.
    if (patients || !norms.every(Number.isFinite))
      return sumClipped(sumsOfUnits(fetchRows(writeOut(gradients)), patients), clipNorm);
    const factors = clipFactors(norms, clipNorm);
    return { sum: fetchFlat(gradients.map((tensor) => tensor.weightedSum(factors))), norms, clippedTo: clipNorm };
  });
}

function fetchRows(matrix: tf.Tensor2D): Float32Array[] {
  const values = matrix.dataSync() as Float32Array;
  const size = matrix.shape[1];
  return Array.from({ length: matrix.shape[0]! }, (_, row) => values.subarray(row * size, (row + 1) * size));
}

/** [batch, parameters] and [batch]: each example's gradient and its L2 norm. */
export function fetchExamples(gradients: ExampleGradients): { gradients: Float32Array; norms: Float64Array } {
  return untracked(() => ({
    gradients: writeOut(gradients).dataSync() as Float32Array,
    norms: squaredNorms(gradients).map(Math.sqrt),
  }));
}

/** The values of several tensors one after the other. */
export function fetchFlat(tensors: readonly tf.Tensor[]): Float32Array {
  return tf.concat(tensors.map((t) => tf.reshape(t, [-1]))).dataSync() as Float32Array;
}

/**
 * `tf.tidy` for a function that returns no tensors. What tidy is given back it searches for tensors element by
 * element, a typed array too, which takes longer than a whole step of a small model.
 */
export function untracked<T>(work: () => T): T {
  let result!: { value: T };
  tf.tidy(() => {
    result = { value: work() };
  });
  return result.value;
}
