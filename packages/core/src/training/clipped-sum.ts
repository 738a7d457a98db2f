import { clipFactor } from './clip-factor.js';

/** The gradient of a batch as a sum, and how it was clipped. */
export interface SummedGradient {
  /** [parameters]: the sum over the batch, of clipped gradients if a clip norm was given. */
  readonly sum: Float32Array;
  /** [batch], or [patients] in order of first appearance: L2 norms before clipping; only with a clip norm. */
  readonly norms?: Float64Array;
  /** The clip norm, where what is summed was clipped to it. */
  readonly clippedTo?: number;
}

/** The sum of gradients, each scaled down to the clip norm; those that are not finite are left out. */
export function sumClipped(gradients: readonly Float32Array[], clipNorm: number): Required<SummedGradient> {
  const sum = new Float64Array(gradients[0]!.length);
  const norms = Float64Array.from(gradients, (gradient) => addClipped(sum, gradient, clipNorm));
  return { sum: Float32Array.from(sum), norms, clippedTo: clipNorm };
}

/**
 * Adds a gradient, scaled down to the clip norm; nothing of one that is not finite.
 * @param sum changed
 * @returns its norm before
 */
export function addClipped(sum: Float64Array, gradient: Float32Array, clipNorm: number): number {
  const norm = Math.sqrt(squaredNorm(gradient));
  const factor = clipFactor(clipNorm, norm);
  if (factor > 0) for (let k = 0; k < sum.length; k++) sum[k]! += factor * gradient[k]!;
  return norm;
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

/** About min(1, clipNorm / norm) for each norm: see `clipFactor` of core. */
export function clipFactors(norms: Float64Array, clipNorm: number): Float32Array {
  return Float32Array.from(norms, (norm) => clipFactor(clipNorm, norm));
}

/** Of float32 values, in float64. */
export function squaredNorm(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
}
