import { patientsOf } from '../influence/influence.js';
import type { Evaluation, EvaluationOptions, Predictions } from './evaluation.js';
import { figuresOf, taskOf } from './figures-of.js';

/**
 * All that is said of a model on a set of records, as plain JSON. Figures that are not defined say why.
 *
 * Each is a function of patients' data: to send one away from a site is a release.
 *
 * @throws {FedwardError} DATA_EMPTY, ARGUMENT_INVALID, UPDATE_NOT_FINITE or LABEL_INVALID: see `assertOutputs`
 */
export function evaluate(predictions: Predictions, options: EvaluationOptions = {}): Evaluation {
  const { labels, patientIds } = predictions;
  const made = figuresOf(predictions, options);
  const task = taskOf(predictions);
  const { threshold, prevalence, horizon } = options;
  return {
    schemaVersion: 1,
    task,
    records: labels.length,
    patients: patientsOf(labels.length, patientIds).count,
    level: 0.95,
    ...made,
    ...(task === 'binary' && threshold !== undefined && { threshold }),
    ...(task === 'binary' && prevalence !== undefined && { prevalence }),
    ...(task === 'survival' && horizon !== undefined && { horizon }),
  };
}
