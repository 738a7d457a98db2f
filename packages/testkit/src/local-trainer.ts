import assert from 'node:assert/strict';
import { hasCode, type LocalTrainer, type TrainingPlan } from '@fedward/core';
import { batchChecks } from './local-trainer/batches.js';
import { contractChecks } from './local-trainer/contract.js';
import { drawChecks } from './local-trainer/draws.js';
import { gradientChecks } from './local-trainer/gradients.js';
import { layerChecks } from './local-trainer/layers.js';
import { noiseChecks } from './local-trainer/noise.js';
import { augmentationChecks } from './local-trainer/augmentation.js';
import { objectiveChecks } from './local-trainer/objective.js';
import { predictionChecks } from './local-trainer/predictions.js';
import { fullBatch, linear, planFor, type Runs } from './local-trainer/problems.js';
import { privacyChecks } from './local-trainer/privacy.js';
import { promiseChecks } from './local-trainer/promise.js';
import { sensitivityChecks } from './local-trainer/sensitivity.js';
import { survivalChecks } from './local-trainer/survival.js';
import { wishChecks } from './local-trainer/wishes.js';
import { NotProvided } from './support/assertions.js';
import { defineSuite, type Checks, type ComplianceSuite } from './suite.js';

/** What the suite needs to know of a trainer. */
export interface LocalTrainerComplianceOptions {
  /** A new trainer. */
  readonly create: () => LocalTrainer;
  /**
   * Which plans it runs, as far as model, batches and optimizer go, where that is not all that a plan can say. Others it must
   * refuse (`validate`), and is checked on no further. Softmax regression by SGD must be among those that it runs.
   */
  readonly runs?: (plan: TrainingPlan) => boolean;
}

/**
 * What every local trainer must do; see `LocalTrainer` in core. Of clipping and wishes that a trainer does not say that
 * it provides (`provides`) it must do no more than refuse them.
 */
export function localTrainerCompliance(options: LocalTrainerComplianceOptions): ComplianceSuite {
  const { runs = () => true } = options;
  if (!runs(planFor(linear(4, 3), fullBatch(1))))
    throw new Error('a trainer is checked on softmax regression by SGD at least');
  const create = (): LocalTrainer => held(options.create(), runs);
  const checks: Checks = {
    ...contractChecks(create, runs),
    ...gradientChecks(create),
    ...layerChecks(create),
    ...survivalChecks(create),
    ...wishChecks(create),
    ...objectiveChecks(create),
    ...augmentationChecks(create, runs),
    ...batchChecks(create),
    ...drawChecks(create),
    ...privacyChecks(create, runs),
    ...noiseChecks(create),
    ...promiseChecks(create),
    ...sensitivityChecks(create, runs),
    ...predictionChecks(create, runs),
  };
  return defineSuite(
    `local trainer ${create().name}`,
    Object.fromEntries(Object.entries(checks).map(([law, check]) => [law, () => unlessNotProvided(check)])),
  );
}

/** The trainer, asked no more than to refuse the plans that it does not run. */
function held(trainer: LocalTrainer, runs: Runs): LocalTrainer {
  const checkPlan = (plan: TrainingPlan): void => {
    if (runs(plan)) return trainer.validate?.(plan);
    try {
      trainer.validate?.(plan);
    } catch (error) {
      if (hasCode(error, 'CONFIG_INCOMPATIBLE')) throw new NotProvided('the plan');
      throw error;
    }
    assert.fail('a plan that it does not run is not refused by validate()');
  };
  return {
    name: trainer.name,
    ...(trainer.provides && { provides: trainer.provides }),
    describe: () => trainer.describe(),
    validate: checkPlan,
    async train(payload, data, context, signal) {
      if (!runs(context.plan)) checkPlan(context.plan);
      return trainer.train(payload, data, context, signal);
    },
    async predict(model, parameters, data) {
      const plan = planFor(model, fullBatch(1));
      if (!runs(plan)) checkPlan(plan);
      return trainer.predict(model, parameters, data);
    },
  };
}

async function unlessNotProvided(check: Checks[string]): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (!(error instanceof NotProvided)) throw error;
  }
}
