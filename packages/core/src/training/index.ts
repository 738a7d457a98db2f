/** What every local trainer must do alike: `@fedward/core/training`, which `@fedward/core` itself does not load. */
export { createPrivacyRecord, type PrivacyRecord } from './applied.js';
export { createAugmenter, type Augmenter } from './augment.js';
export { gatherBatch, type Batch } from './batch.js';
export { drawBatches, type DrawnBatch } from './batches.js';
export { balancedClassWeights } from './class-weights.js';
export { clipConstants, clipFactor, scaleToClip } from './clip-factor.js';
export { addClipped, clipFactors, squaredNorm, sumClipped, sumsOfUnits, type SummedGradient } from './clipped-sum.js';
export { coxLoss, type CoxLoss } from './cox.js';
export { assertFeatures, assertTrainingData, exampleSize } from './data.js';
export { dropoutMasks, type DropoutMasks } from './dropout.js';
export { finishGradient } from './finish-gradient.js';
export { frozenTensors } from './frozen.js';
export { namedTensors } from './named-tensors.js';
export { assertNoGraph, graphRefused } from './graph-refused.js';
export { firstNonFinite } from '../base/finite.js';
export { assertGradientPrivacy } from './gradient-privacy.js';
export { parseInstructions } from './instructions.js';
export { assertLabels } from './labels.js';
export { assertLayout } from './layout.js';
export { lossOf, type BatchLoss } from './loss.js';
export { maskKeystream } from './masks.js';
export { assertNotAborted, createPacer } from './pace.js';
export { keptShare, objectiveOf, smallestKept, type RoundObjective } from './objective.js';
export { createOptimizer } from './optimizer/optimizer.js';
export type { Optimizer } from './optimizer/interface.js';
export { patientsOf } from './patients.js';
export { predictInPieces } from './predict-in-pieces.js';
export { assertPlanProvided } from './provided.js';
export { runSteps, type Objective, type ObjectiveGradient, type StepsResult, type StepWishes } from './run-steps.js';
export { stepsOf } from './steps.js';
export {
  appliedWishes,
  placeWishes,
  splitTrained,
  startValues,
  type PlacedWishes,
  type PrivateTensor,
} from './wishes.js';
