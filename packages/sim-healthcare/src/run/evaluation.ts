import { digestTensors, type Metrics, type Parameters } from '@fedward/core';
import {
  compareModels,
  evaluate,
  evaluateSubgroups,
  modelMetrics,
  type Evaluation,
  type EvaluationOptions,
  type Predictions,
} from '@fedward/metrics-clinical';
import type { Hospital } from '../scenario/scenario.js';
import type { Alone } from './alone.js';
import { deployOf } from './deploy.js';
import { asPredictions, predictionsOf, type Judgement } from './judgement.js';
import type { HospitalResult, SimulationResult } from './result.js';
import type { RunParts } from './run-parts.js';

/** Of a hospital's table: figures and their intervals are looked at, and bootstraps cost time a hospital. */
const hospitalDraws = { draws: 200, seed: 0 } as const;

/**
 * The final model on the pooled test part, as a whole and by the groups that its study names.
 * @param metrics those of its last round
 */
export async function finalResult(
  run: RunParts,
  model: Parameters,
  metrics: Metrics,
  { options }: Judgement,
): Promise<SimulationResult['final']> {
  const { test, testGroups = [] } = run.population;
  const predictions = await predictionsOf(run, model, test);
  const evaluation = evaluate(predictions, options);
  const known = testGroups.filter(({ codes }) => codes.length === test.count);
  return {
    metrics: agreeing(metrics, evaluation),
    evaluation,
    ...(known.length > 0 && { subgroups: evaluateSubgroups(predictions, known, options) }),
  };
}

/**
 * The final model, the one that was trained alone, and where there is one the personal model, on a hospital's own test part.
 * @param personal the hospital's personal model
 */
export async function hospitalFigures(
  run: RunParts,
  model: Parameters,
  { test }: Hospital,
  { outputs, ...local }: Alone,
  judgement: Judgement,
  personal?: Parameters,
): Promise<
  Pick<
    HospitalResult,
    | 'localMetrics'
    | 'localFailure'
    | 'globalMetrics'
    | 'evaluation'
    | 'localEvaluation'
    | 'gain'
    | 'personal'
    | 'deploy'
  >
> {
  const options: EvaluationOptions = { ...judgement.options, curves: false, bootstrap: hospitalDraws };
  const ours = await predictionsOf(run, model, test);
  const evaluation = evaluate(ours, options);
  const globalMetrics = agreeing(modelMetrics(ours.loss, ours.outputs, ours.labels), evaluation);
  // Their risks would need a baseline of their own.
  const { baseline: _ours, ...alone } = options;
  const theirs = outputs && asPredictions(run, outputs, test);
  const own = personal && (await predictionsOf(run, personal, test));
  const localEvaluation = theirs && evaluate(theirs, alone);
  return {
    localMetrics:
      local.localMetrics && localEvaluation ? agreeing(local.localMetrics, localEvaluation) : local.localMetrics,
    ...(local.localFailure !== undefined && { localFailure: local.localFailure }),
    ...{ globalMetrics, evaluation },
    ...(theirs && localEvaluation && { localEvaluation, gain: compareModels(ours, theirs, alone) }),
    ...(own && {
      personal: personalFigures(own, ours, alone, digestTensors(personal)),
      deploy: deployOf(ours, { personal: own, ...(theirs && { local: theirs }) }, alone),
    }),
  };
}

function personalFigures(
  own: Predictions,
  ours: Predictions,
  options: EvaluationOptions,
  sha256: string,
): NonNullable<HospitalResult['personal']> {
  const evaluation = evaluate(own, options);
  const metrics = agreeing(modelMetrics(own.loss, own.outputs, own.labels), evaluation);
  return { metrics, evaluation, gain: compareModels(own, ours, options), sha256 };
}

/** One accuracy: that at the threshold of the run, which is not 0.5 where another was declared or chosen. */
function agreeing(metrics: Metrics, { figures }: Evaluation): Metrics {
  const accuracy = figures['accuracy']?.value;
  if (metrics['accuracy'] === undefined || accuracy === undefined || accuracy === null) return metrics;
  return { ...metrics, accuracy };
}
