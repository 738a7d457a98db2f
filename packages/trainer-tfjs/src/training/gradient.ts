import type { BatchesSpec, GradientPrivacy, NoiseSource } from '@fedward/core';

/**
 * From the sum of a batch's gradients to the step's gradient, in place: see `GradientPrivacy` of core.
 *
 * @param sum clipped example by example already where `privacy` says `per-example`
 * @param size the batch's own number of examples; 0 only with Poisson batches
 */
export function finishGradient(
  sum: Float32Array,
  size: number,
  batches: BatchesSpec,
  privacy: GradientPrivacy | undefined,
  noise: NoiseSource,
): void {
  if (privacy?.clip === 'per-example') noise.addGaussian(sum, privacy.noiseMultiplier * privacy.clipNorm);
  scale(sum, 1 / (batches.kind === 'poisson' ? batches.expectedSize : size));
  if (privacy?.clip === 'batch-mean') {
    const coefficient = privacy.clipNorm / (norm(sum) + 1e-7);
    if (coefficient < 1) scale(sum, coefficient);
    noise.addGaussian(sum, (privacy.noiseMultiplier * privacy.clipNorm) / size);
  }
}

function scale(values: Float32Array, factor: number): void {
  for (let i = 0; i < values.length; i++) values[i]! *= factor;
}

function norm(values: Float32Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares);
}
