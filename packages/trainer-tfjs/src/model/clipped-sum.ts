import * as tf from '@tensorflow/tfjs-core';
import { squaredNorms, writeOut, type ExampleGradients } from './example-gradients.js';

export interface SummedGradient {
  /** [parameters]: the sum over the batch, of clipped gradients if a clip norm was given. */
  readonly sum: Float32Array;
  /** [batch], or [patients] in order of first appearance: L2 norms before clipping; only with a clip norm. */
  readonly norms?: Float32Array;
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
    const members = patients && membership(patients);
    const norms = members ? tf.norm(tf.matMul(members, writeOut(gradients)), 2, 1) : tf.sqrt(squaredNorms(gradients));
    // A norm of 0 divides to Infinity, and the minimum makes that 1.
    const factors = tf.minimum(tf.div(clipNorm, norms), 1) as tf.Tensor1D;
    const weights = members ? (tf.sum(tf.mul(members, tf.expandDims(factors, 1)), 0) as tf.Tensor1D) : factors;
    const values = fetchFlat([...gradients.map((tensor) => tensor.weightedSum(weights)), norms]);
    const size = values.length - norms.size;
    const found = { sum: values.subarray(0, size), norms: values.subarray(size) };
    if (found.norms.every(Number.isFinite)) return found;
    // Zero times infinity is no number, so that a product can leave nothing out: it is added up here.
    return { ...found, sum: sumClipped(sumsOfUnits(fetchRows(writeOut(gradients), size), patients), clipNorm) };
  });
}

/** The sum of gradients, each scaled down to the clip norm; those that are not finite are left out. */
export function sumClipped(gradients: readonly Float32Array[], clipNorm: number): Float32Array {
  const sum = new Float64Array(gradients[0]!.length);
  for (const gradient of gradients) {
    const norm = Math.sqrt(gradient.reduce((squares, g) => squares + g * g, 0));
    if (!Number.isFinite(norm)) continue;
    const factor = Math.min(1, clipNorm / norm);
    for (let k = 0; k < sum.length; k++) sum[k]! += factor * gradient[k]!;
  }
  return Float32Array.from(sum);
}

/** The sums of the gradients of each patient's examples; the gradients themselves without patients. */
export function sumsOfUnits(gradients: readonly Float32Array[], patients?: Uint32Array): Float32Array[] {
  if (!patients) return [...gradients];
  const sums = new Map<number, Float32Array>();
  gradients.forEach((gradient, i) => {
    const others = sums.get(patients[i]!);
    sums.set(patients[i]!, others ? others.map((g, k) => g + gradient[k]!) : gradient);
  });
  return [...sums.values()];
}

function fetchRows(matrix: tf.Tensor, size: number): Float32Array[] {
  const values = matrix.dataSync() as Float32Array;
  return Array.from({ length: matrix.shape[0]! }, (_, row) => values.subarray(row * size, (row + 1) * size));
}

/** [patients, batch]: 1 where an example is that patient's, else 0. */
function membership(patients: Uint32Array): tf.Tensor2D {
  const distinct = [...new Set(patients)];
  const values = distinct.flatMap((patient) => Array.from(patients, (other) => (other === patient ? 1 : 0)));
  return tf.tensor2d(values, [distinct.length, patients.length]);
}

/** [batch, parameters] and [batch]: each example's gradient and its L2 norm. */
export function fetchExamples(gradients: ExampleGradients): { gradients: Float32Array; norms: Float32Array } {
  return untracked(() => ({
    gradients: writeOut(gradients).dataSync() as Float32Array,
    norms: tf.sqrt(squaredNorms(gradients)).dataSync() as Float32Array,
  }));
}

/** min(1, clipNorm / norm) for each norm. */
export function clipFactors(norms: Float32Array, clipNorm: number): Float32Array {
  return norms.map((norm) => Math.min(1, clipNorm / norm));
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
