import { FedwardError, type BatchesSpec, type GradientPrivacy, type NoiseSource } from '@fedward/core';

/**
 * What a gradient mechanism promises holds for one way to draw batches each.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for the other
 */
export function checkGradientPrivacy(privacy: GradientPrivacy | undefined, batches: BatchesSpec): void {
  if (!privacy) return;
  const wanted = privacy.clip === 'per-example' ? 'poisson' : 'shuffle';
  if (batches.kind !== wanted)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `${privacy.clip} clipping needs ${wanted} batches, the plan has ${batches.kind}`,
      'training.batches.kind',
    );
}

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
