import type { LocalTrainer } from '@fedward/core';
import { describe } from 'vitest';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';
import { brokenBatches } from './broken/local-trainers/batches.js';
import { brokenClipping } from './broken/local-trainers/clipping.js';
import { brokenContracts } from './broken/local-trainers/contract.js';
import { brokenDraws } from './broken/local-trainers/draws.js';
import { brokenDropout } from './broken/local-trainers/dropout.js';
import { brokenGradients } from './broken/local-trainers/gradients.js';
import { brokenLayers } from './broken/local-trainers/layers.js';
import { brokenNoise } from './broken/local-trainers/noise.js';
import { brokenPredictions } from './broken/local-trainers/predictions.js';
import { brokenStrategies } from './broken/local-trainers/strategy.js';
import { brokenSurvival } from './broken/local-trainers/survival.js';
import { localTrainerCompliance } from './local-trainer.js';
import { referenceTrainer } from './reference.js';

describe('the suite of local trainers', () => {
  const suiteOf = (create: () => LocalTrainer) => localTrainerCompliance({ create });
  const faults = {
    ...brokenContracts,
    ...brokenGradients,
    ...brokenLayers,
    ...brokenSurvival,
    ...brokenStrategies,
    ...brokenBatches,
    ...brokenDraws,
    ...brokenDropout,
    ...brokenClipping,
    ...brokenNoise,
    ...brokenPredictions,
  };
  expectFaultsSeen(suiteOf, referenceTrainer, faults);
  expectNoIdleCheck([suiteOf(referenceTrainer)], faults);
});
