import type { AugmentationSpec, RoundObjective } from '@fedward/core';
import type { Engine } from './engines.js';

/** What changes the loss in this round; a program that was used before forgets what it was told then. */
export function loadObjective(engine: Engine, objective: RoundObjective): void {
  const { classWeights, labelSmoothing = 0, generalizedCrossEntropy, keepSmallest = 1 } = objective;
  if (classWeights)
    new Float64Array(engine.memory.buffer, engine.classWeightsAddress(), classWeights.length).set(classWeights);
  engine.configureObjective(labelSmoothing, generalizedCrossEntropy?.q ?? 0, keepSmallest, classWeights ? 1 : 0);
}

/** @param shape of an example; what has no rows and columns is not augmented (core's `assertObjectiveFits`) */
export function loadAugmentation(engine: Engine, augmentation: AugmentationSpec, shape: readonly number[]): void {
  const [height, width, channels] = shape.length === 3 ? shape : [1, ...shape];
  const { flip, shift = 0, rotate = 0, contrast = 0 } = augmentation;
  const signal = shape.length < 3 ? 1 : 0;
  engine.configureAugmentation(height!, width!, channels ?? 1, signal, flip ? 1 : 0, shift, rotate, contrast);
}
