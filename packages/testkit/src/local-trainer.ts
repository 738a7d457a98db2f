import type { LocalTrainer } from '@fedward/core';
import { batchChecks } from './local-trainer/batches.js';
import { contractChecks } from './local-trainer/contract.js';
import { drawChecks } from './local-trainer/draws.js';
import { gradientChecks } from './local-trainer/gradients.js';
import { layerChecks } from './local-trainer/layers.js';
import { noiseChecks } from './local-trainer/noise.js';
import { predictionChecks } from './local-trainer/predictions.js';
import { NotProvided } from './local-trainer/problems.js';
import { privacyChecks } from './local-trainer/privacy.js';
import { promiseChecks } from './local-trainer/promise.js';
import { sensitivityChecks } from './local-trainer/sensitivity.js';
import { survivalChecks } from './local-trainer/survival.js';
import { wishChecks } from './local-trainer/wishes.js';
import { defineSuite, type Checks, type ComplianceSuite } from './suite.js';

/** What the suite needs to know of a trainer. */
export interface LocalTrainerComplianceOptions {
  /** A new trainer. */
  readonly create: () => LocalTrainer;
}

/**
 * What every local trainer must do; see `LocalTrainer` in core. Of clipping and wishes that a trainer does not say that
 * it provides (`provides`) it must do no more than refuse them.
 */
export function localTrainerCompliance({ create }: LocalTrainerComplianceOptions): ComplianceSuite {
  const checks: Checks = {
    ...contractChecks(create),
    ...gradientChecks(create),
    ...layerChecks(create),
    ...survivalChecks(create),
    ...wishChecks(create),
    ...batchChecks(create),
    ...drawChecks(create),
    ...privacyChecks(create),
    ...noiseChecks(create),
    ...promiseChecks(create),
    ...sensitivityChecks(create),
    ...predictionChecks(create),
  };
  return defineSuite(
    `local trainer ${create().name}`,
    Object.fromEntries(Object.entries(checks).map(([law, check]) => [law, () => unlessNotProvided(check)])),
  );
}

async function unlessNotProvided(check: Checks[string]): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (!(error instanceof NotProvided)) throw error;
  }
}
