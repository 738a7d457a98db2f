import { modelMetrics } from '../evaluate.js';
import type { Evaluation, EvaluationOptions, Figure, Predictions, PredictionTask } from './evaluation.js';

/**
 * All that is said of a model on a set of records.
 * @throws {FedwardError} as `modelMetrics`
 */
export function evaluate(predictions: Predictions, options: EvaluationOptions = {}): Evaluation {
  const { loss, outputs, labels, patientIds } = predictions;
  const figures = Object.entries(modelMetrics(loss, outputs, labels)).map(([name, value]): [string, Figure] => [
    name,
    { value, interval: null },
  ]);
  return {
    schemaVersion: 1,
    task: taskOf(predictions),
    records: labels.length,
    patients: patientIds ? new Set(patientIds).size : labels.length,
    level: 0.95,
    figures: Object.fromEntries(figures),
    ...(options.threshold !== undefined && { threshold: options.threshold }),
  };
}

/** What is asked of a model, by its loss and the width of its outputs. */
export function taskOf({ loss, outputs, labels }: Predictions): PredictionTask {
  if (loss === 'squared-error') return 'value';
  if (loss === 'cox') return 'survival';
  return outputs.length > 2 * labels.length ? 'classes' : 'binary';
}
