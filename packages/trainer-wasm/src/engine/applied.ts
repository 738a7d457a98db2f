import type { Applied, AugmentationSpec, GradientPrivacy, RoundObjective } from '@fedward/core';
import type { PlacedWishes } from '@fedward/core/training';
import type { Engine } from './engines.js';
import { clips } from './load.js';

/**
 * What the program has carried out in every step of the training, as it tells itself: see assembly/training/step.ts.
 * @param classes of the loss: 2 for a sigmoid
 */
export function appliedBy(engine: Engine, { frozen }: PlacedWishes, classes: number): Omit<Applied, 'privateTensors'> {
  const gradientPrivacy = privacyBy(engine);
  const proximalMu = engine.appliedProximalMu();
  const objective = objectiveBy(engine, classes);
  const augmentation = augmentationBy(engine);
  const names = frozen.slice(0, engine.appliedFrozen()).map(({ name }) => name);
  return {
    ...(gradientPrivacy && { gradientPrivacy }),
    ...(proximalMu > 0 && { proximalMu }),
    ...(names.length > 0 && { frozen: names }),
    ...(engine.appliedCorrection() !== 0 && { correction: true }),
    ...(Object.keys(objective).length > 0 && { objective }),
    ...(Object.keys(augmentation).length > 0 && { augmentation }),
  };
}

/** Undefined where a step was left without. */
function privacyBy(engine: Engine): GradientPrivacy | undefined {
  const code = engine.appliedClip();
  const clip = (['per-example', 'batch-mean'] as const).find((name) => clips[name] === code);
  return clip && { clip, clipNorm: engine.appliedClipNorm(), noiseMultiplier: engine.appliedNoiseMultiplier() };
}

function objectiveBy(engine: Engine, classes: number): RoundObjective {
  const [smoothing, q, kept] = [engine.appliedSmoothing(), engine.appliedExponent(), engine.appliedKept()];
  const weights = (): Float64Array => new Float64Array(engine.memory.buffer, engine.classWeightsAddress(), classes);
  return {
    ...(engine.appliedClassWeights() !== 0 && { classWeights: [...weights()] }),
    ...(smoothing > 0 && { labelSmoothing: smoothing }),
    ...(q > 0 && { generalizedCrossEntropy: { q } }),
    ...(kept < 1 && { keepSmallest: kept }),
  };
}

function augmentationBy(engine: Engine): AugmentationSpec {
  const [shift, rotate, contrast] = [engine.appliedShift(), engine.appliedRotate(), engine.appliedContrast()];
  return {
    ...(engine.appliedFlip() !== 0 && { flip: 'horizontal' as const }),
    ...(shift > 0 && { shift }),
    ...(rotate > 0 && { rotate }),
    ...(contrast > 0 && { contrast }),
  };
}
