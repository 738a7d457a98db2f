import { clipFactor } from '@fedward/core/training';
import * as tf from '@tensorflow/tfjs-core';
import { squaredNorm, squaredNorms, writeOut, type ExampleGradients } from './example-gradients.js';

export interface SummedGradient {
  /** [parameters]: the sum over the batch, of clipped gradients if a clip norm was given. */
  readonly sum: Float32Array;
  /** [batch], or [patients] in order of first appearance: L2 norms before clipping; only with a clip norm. */
  readonly norms?: Float64Array;
  /** The clip norm, where what is summed was clipped to it. */
  readonly clippedTo?: number;
}

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

/** The sum of gradients, each scaled down to the clip norm; those that are not finite are left out. */
export function sumClipped(gradients: readonly Float32Array[], clipNorm: number): Required<SummedGradient> {
  const sum = new Float64Array(gradients[0]!.length);
  const norms = Float64Array.from(gradients, (gradient) => Math.sqrt(squaredNorm(gradient)));
  gradients.forEach((gradient, i) => {
    const factor = clipFactor(clipNorm, norms[i]!);
    if (factor > 0) for (let k = 0; k < sum.length; k++) sum[k]! += factor * gradient[k]!;
  });
  return { sum: Float32Array.from(sum), norms, clippedTo: clipNorm };
}

/** The sums of the gradients of each patient's examples; the gradients themselves without patients. */
export function sumsOfUnits(gradients: readonly Float32Array[], patients?: Uint32Array): Float32Array[] {
  if (!patients) return [...gradients];
  const sums = new Map<number, Float32Array>();
  gradients.forEach((gradient, i) => {
    const sum = sums.get(patients[i]!);
    if (sum) for (let k = 0; k < sum.length; k++) sum[k]! += gradient[k]!;
    else sums.set(patients[i]!, gradient.slice());
  });
  return [...sums.values()];
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

/** About min(1, clipNorm / norm) for each norm: see `clipFactor` of core. */
export function clipFactors(norms: Float64Array, clipNorm: number): Float32Array {
  return Float32Array.from(norms, (norm) => clipFactor(clipNorm, norm));
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
