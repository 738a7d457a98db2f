import type { Metrics, Parameters } from '@fedward/core';
import {
  compareModels,
  evaluate,
  evaluateSubgroups,
  modelMetrics,
  type Evaluation,
  type EvaluationOptions,
} from '@fedward/metrics-clinical';
import type { Hospital } from '../scenario/scenario.js';
import type { Alone } from './alone.js';
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

/** The final model, and the one that was trained alone, on a hospital's own test part. */
export async function hospitalFigures(
  run: RunParts,
  model: Parameters,
  { test }: Hospital,
  { outputs, ...local }: Alone,
  judgement: Judgement,
): Promise<
  Pick<HospitalResult, 'localMetrics' | 'localFailure' | 'globalMetrics' | 'evaluation' | 'localEvaluation' | 'gain'>
> {
  const options: EvaluationOptions = { ...judgement.options, curves: false, bootstrap: hospitalDraws };
  const ours = await predictionsOf(run, model, test);
  const evaluation = evaluate(ours, options);
  const globalMetrics = agreeing(modelMetrics(ours.loss, ours.outputs, ours.labels), evaluation);
  if (!outputs) return { ...local, globalMetrics, evaluation };
  const theirs = asPredictions(run, outputs, test);
  // Its risks would need a baseline of its own.
  const { baseline: _ours, ...alone } = options;
  const localEvaluation = evaluate(theirs, alone);
  return {
    localMetrics: local.localMetrics && agreeing(local.localMetrics, localEvaluation),
    ...{ globalMetrics, evaluation, localEvaluation },
    gain: compareModels(ours, theirs, alone),
  };
}

/** One accuracy: that at the threshold of the run, which is not 0.5 where another was declared or chosen. */
function agreeing(metrics: Metrics, { figures }: Evaluation): Metrics {
  const accuracy = figures['accuracy']?.value;
  if (metrics['accuracy'] === undefined || accuracy === undefined || accuracy === null) return metrics;
  return { ...metrics, accuracy };
}
