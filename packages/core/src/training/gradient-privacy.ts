import { FedwardError } from '../errors.js';
import type { GradientPrivacy } from '../interfaces/privacy.js';
import type { TrainingPlan } from '../plan/plan.js';

/**
 * What a gradient mechanism promises holds for one way to draw batches each, and clipping example by example only
 * where the loss is a sum over examples.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming `training.batches.kind` or `model.loss`
 */
export function checkGradientPrivacy(
  privacy: GradientPrivacy | undefined,
  { training: { batches }, model: { loss } }: Pick<TrainingPlan, 'training' | 'model'>,
): void {
  if (!privacy) return;
  const wanted = privacy.clip === 'per-example' ? 'poisson' : 'shuffle';
  if (batches.kind !== wanted)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `${privacy.clip} clipping needs ${wanted} batches, the plan has ${batches.kind}`,
      'training.batches.kind',
    );
  if (privacy.clip === 'per-example' && loss === 'cox')
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      "per-example clipping does not bound what one record does to the cox loss: it is in the others' risk sets",
      'model.loss',
    );
}
