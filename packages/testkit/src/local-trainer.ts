import type { LocalTrainer } from '@fedward/core';
import { batchChecks } from './local-trainer/batches.js';
import { contractChecks } from './local-trainer/contract.js';
import { drawChecks } from './local-trainer/draws.js';
import { gradientChecks } from './local-trainer/gradients.js';
import { layerChecks } from './local-trainer/layers.js';
import { noiseChecks } from './local-trainer/noise.js';
import { predictionChecks } from './local-trainer/predictions.js';
import { privacyChecks } from './local-trainer/privacy.js';
import { strategyChecks } from './local-trainer/strategy.js';
import { survivalChecks } from './local-trainer/survival.js';
import { defineSuite, type ComplianceSuite } from './suite.js';

/** What the suite needs to know of a trainer. */
export interface LocalTrainerComplianceOptions {
  /** A new trainer. */
  readonly create: () => LocalTrainer;
}

/** What every local trainer must do; see `LocalTrainer` in core. */
export function localTrainerCompliance({ create }: LocalTrainerComplianceOptions): ComplianceSuite {
  return defineSuite(`local trainer ${create().name}`, {
    ...contractChecks(create),
    ...gradientChecks(create),
    ...layerChecks(create),
    ...survivalChecks(create),
    ...strategyChecks(create),
    ...batchChecks(create),
    ...drawChecks(create),
    ...privacyChecks(create),
    ...noiseChecks(create),
    ...predictionChecks(create),
  });
}
