import type { Metrics, Parameters, TrainingData } from '@fedward/core';
import { modelMetrics } from '@fedward/metrics-clinical';
import type { RunParts } from './run-parts.js';

/** A model's metrics on a data set. */
export async function score(
  { plan, plugins }: Pick<RunParts, 'plan' | 'plugins'>,
  model: Parameters,
  data: TrainingData,
): Promise<Metrics> {
  const outputs = await plugins.trainer.predict(plan.model, model, data);
  return modelMetrics(plan.model.loss, outputs, data.labels);
}
