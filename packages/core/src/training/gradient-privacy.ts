import { FedwardError } from '../errors.js';
import type { GradientPrivacy } from '../interfaces/privacy.js';
import type { TrainingPlan } from '../plan/plan.js';

/**
 * Clip norms and deviations of noise that a float32 sum can hold to: well inside of float32's normal numbers (2^-126
 * to 2^128), so that neither what is clipped nor the noise is rounded to nothing, or to infinity, on the way.
 */
export const leastClipNorm = 2 ** -100;
export const mostClipNorm = 2 ** 100;

/**
 * What a gradient mechanism promises holds for one way to draw batches each, for numbers that float32 can hold to, and
 * clipping example by example only where the loss is a sum over examples.
 *
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming `training.batches.kind`, `model.loss`, `clipNorm` or
 *   `noiseMultiplier`
 */
export function checkGradientPrivacy(
  privacy: GradientPrivacy | undefined,
  { training: { batches }, model: { loss } }: Pick<TrainingPlan, 'training' | 'model'>,
): void {
  if (!privacy) return;
  const wanted = privacy.clip === 'per-example' ? 'poisson' : 'shuffle';
  if (batches.kind !== wanted)
    throw incompatible(
      `${privacy.clip} clipping needs ${wanted} batches, the plan has ${batches.kind}`,
      'training.batches.kind',
    );
  if (privacy.clip === 'per-example' && loss === 'cox')
    throw incompatible(
      "per-example clipping does not bound what one record does to the cox loss: it is in the others' risk sets",
      'model.loss',
    );
  const { clipNorm, noiseMultiplier } = privacy;
  if (!inRange(clipNorm))
    throw incompatible(`clipNorm is ${clipNorm}, what float32 can clip to is ${range}`, 'clipNorm');
  const deviation = noiseMultiplier * clipNorm;
  const divided = deviation / (batches.kind === 'poisson' ? batches.expectedSize : batches.size);
  if (noiseMultiplier === 0 || (inRange(deviation) && inRange(divided))) return;
  const message = `noiseMultiplier is ${noiseMultiplier}: noise of deviation ${deviation}, ${divided} once divided`;
  throw incompatible(`${message}; what float32 can add is ${range}`, 'noiseMultiplier');
}

const range = `from 2^-100 (${leastClipNorm.toPrecision(2)}) to 2^100 (${mostClipNorm.toPrecision(2)})`;

function inRange(value: number): boolean {
  return value >= leastClipNorm && value <= mostClipNorm;
}

function incompatible(message: string, subject: string): FedwardError {
  return new FedwardError('CONFIG_INCOMPATIBLE', message, subject);
}
