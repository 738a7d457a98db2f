import { FedwardError } from '../base/errors.js';
import type { GradientPrivacy } from '../interfaces/gradient-privacy.js';
import { inFloat32Range } from '../base/float32.js';
import type { TrainingPlan } from '../plan/plan.js';

/**
 * What a gradient mechanism promises holds for one way to draw batches each, for numbers that float32 can hold to, and
 * clipping example by example only where the loss is a sum over examples, each by itself.
 *
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming `training.batches.kind`, `model.loss`,
 *   `training.objective.keepSmallest`, `clipNorm` or `noiseMultiplier`
 */
export function assertGradientPrivacy(
  privacy: GradientPrivacy | undefined,
  { training: { batches, objective }, model: { loss } }: Pick<TrainingPlan, 'training' | 'model'>,
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
  if (objective?.keepSmallest)
    throw incompatible(
      'clipping does not bound what one record does to a batch of which the smallest losses alone count',
      'training.objective.keepSmallest',
    );
  const { clipNorm, noiseMultiplier } = privacy;
  if (!inFloat32Range(clipNorm))
    throw incompatible(`clipNorm is ${clipNorm}, what float32 can clip to is ${range}`, 'clipNorm');
  const deviation = noiseMultiplier * clipNorm;
  const divided = deviation / (batches.kind === 'poisson' ? batches.expectedSize : batches.size);
  if (noiseMultiplier === 0 || (inFloat32Range(deviation) && inFloat32Range(divided))) return;
  const message = `noiseMultiplier is ${noiseMultiplier}: noise of deviation ${deviation}, ${divided} once divided`;
  throw incompatible(`${message}; what float32 can add is ${range}`, 'noiseMultiplier');
}

const range = 'from 2^-100 (7.9e-31) to 2^100 (1.3e30)';

function incompatible(message: string, subject: string): FedwardError {
  return new FedwardError('CONFIG_INCOMPATIBLE', message, subject);
}
