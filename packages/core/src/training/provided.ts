import { incompatible } from '../base/errors.js';
import type { LocalTrainer, TrainerCapability } from '../interfaces/trainer.js';
import type { TrainingPlan } from '../plan/plan.js';

/** Which capability of a trainer each part of a plan's training needs, by its key. */
function neededBy({ objective = {}, augmentation, frozen }: TrainingPlan['training']): [string, TrainerCapability][] {
  const { classWeights, labelSmoothing, generalizedCrossEntropy, keepSmallest } = objective;
  return [
    ...(classWeights ? [['objective.classWeights', 'class-weights'] as [string, string]] : []),
    ...(labelSmoothing !== undefined ? [['objective.labelSmoothing', 'label-smoothing'] as [string, string]] : []),
    ...(generalizedCrossEntropy
      ? [['objective.generalizedCrossEntropy', 'generalized-cross-entropy'] as [string, string]]
      : []),
    ...(keepSmallest ? [['objective.keepSmallest', 'small-loss-selection'] as [string, string]] : []),
    ...(augmentation ? [['augmentation', 'augmentation'] as [string, string]] : []),
    ...(frozen ? [['frozen', 'frozen-tensors'] as [string, string]] : []),
  ];
}

/**
 * For `LocalTrainer.validate`, and called by every site before round 0.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming the key of a training that the trainer does not say that it can carry out: it
 *   would train by another objective, and nobody would know
 */
export function assertPlanProvided(
  { name, provides = [] }: Pick<LocalTrainer, 'name' | 'provides'>,
  { training }: Pick<TrainingPlan, 'training'>,
): void {
  for (const [key, wanted] of neededBy(training))
    if (!provides.includes(wanted))
      throw incompatible(
        `training.${key} needs ${wanted}, which trainer ${name} does not provide (\`provides\`)`,
        `training.${key}`,
      );
}
