import { brokenAugmentation } from './augmentation.js';
import { brokenBatches } from './batches.js';
import { brokenClipping } from './clipping.js';
import { brokenContracts } from './contract.js';
import { brokenDraws } from './draws.js';
import { brokenDropout } from './dropout.js';
import { brokenGradients } from './gradients.js';
import { brokenLayers } from './layers.js';
import { brokenNoise } from './noise.js';
import { brokenObjectives } from './objective.js';
import { brokenPredictions } from './predictions.js';
import { brokenPromises } from './promise.js';
import { brokenSurvival } from './survival.js';
import { brokenWishes } from './wishes.js';

export const brokenLocalTrainers = {
  ...brokenContracts,
  ...brokenGradients,
  ...brokenLayers,
  ...brokenSurvival,
  ...brokenWishes,
  ...brokenObjectives,
  ...brokenAugmentation,
  ...brokenBatches,
  ...brokenDraws,
  ...brokenDropout,
  ...brokenClipping,
  ...brokenNoise,
  ...brokenPromises,
  ...brokenPredictions,
};
