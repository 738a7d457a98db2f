import type { GradientPrivacy } from '../interfaces/gradient-privacy.js';
import type { BatchesSpec } from '../plan/plan.js';
import type { NoiseSource } from '../random/noise.js';
import type { PrivacyRecord } from './applied.js';
import { clipFactor, scaleToClip } from './clip-factor.js';

/**
 * From the sum of a batch's gradients to the step's gradient, in place: see `GradientPrivacy` of core.
 *
 * @param sum clipped example by example already where `privacy` says `per-example`
 * @param record told of what is done here
 * @param size the batch's own number of examples; 0 only with Poisson batches
 */
export function finishGradient(
  sum: Float32Array,
  size: number,
  batches: BatchesSpec,
  privacy: GradientPrivacy | undefined,
  noise: NoiseSource,
  record: PrivacyRecord,
): void {
  const addNoise = ({ noiseMultiplier, clipNorm }: GradientPrivacy, divisor: number): void => {
    noise.addGaussian(sum, (noiseMultiplier * clipNorm) / divisor);
    record.noised(noiseMultiplier);
  };
  if (privacy?.clip === 'per-example') addNoise(privacy, 1);
  scale(sum, 1 / (batches.kind === 'poisson' ? batches.expectedSize : size));
  if (privacy?.clip === 'batch-mean') {
    sum.set(clipped(sum, privacy.clipNorm));
    record.clipped('batch-mean', privacy.clipNorm);
    addNoise(privacy, size);
  }
}

function scale(values: Float32Array, factor: number): void {
  for (let i = 0; i < values.length; i++) values[i]! *= factor;
}

/** Of a gradient that is not finite nothing is left: it would make the step no number, and tell of the record. */
function clipped(values: Float32Array, clipNorm: number): Float32Array {
  let squares = 0;
  for (const value of values) squares += value * value;
  const factor = clipFactor(clipNorm, Math.sqrt(squares));
  return factor === 0 ? new Float32Array(values.length) : scaleToClip(values, factor);
}
