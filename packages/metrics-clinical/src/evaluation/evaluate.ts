import { figuresOf } from '../intervals/estimate.js';
import { level } from '../intervals/normal.js';
import { patientsOf } from '../intervals/patients.js';
import { valueFigures } from '../regression/figures.js';
import { survivalFigures } from '../survival/figures.js';
import { binaryEstimates, classEstimates } from './estimates.js';
import type { Evaluation, EvaluationOptions, Predictions, PredictionTask } from './evaluation.js';
import { taskOf } from './predictions.js';

export { taskOf } from './predictions.js';

/**
 * All that is said of a model on a set of records, with 95 % intervals that take patients, not records, as what was drawn
 * at random. The README of this package has a table of the figures, their definitions and their intervals.
 *
 * Accuracy and all else that calls a record one of two classes does so at `options.threshold`, from which probability on it
 * is class 1; without one, where the log-odds are above 0 as `predictedClasses` and `modelMetrics` do, which at exactly even odds is
 * class 0. Of more classes the likeliest is taken, whatever the threshold.
 *
 * Without records figures of two classes are null and say so. No figure is NaN or infinite.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for lengths that don't fit or options out of range, UPDATE_NOT_FINITE for an output that
 * is NaN or infinite, LABEL_INVALID for a label that the loss has no meaning for, DATA_EMPTY for no record of another
 * task than two classes
 */
export function evaluate(predictions: Predictions, options: EvaluationOptions = {}): Evaluation {
  const { labels, patientIds } = predictions;
  const task = taskOf(predictions);
  return {
    schemaVersion: 1,
    task,
    records: labels.length,
    patients: patientsOf(patientIds, labels.length).count,
    level,
    ...(task === 'binary' && {
      threshold: options.threshold ?? 0.5,
      ...(options.prevalence !== undefined && { prevalence: options.prevalence }),
    }),
    ...(task === 'survival' && options.horizon !== undefined && { horizon: options.horizon }),
    ...figuresFor(task, predictions, options),
  };
}

function figuresFor(task: PredictionTask, predictions: Predictions, options: EvaluationOptions) {
  if (task === 'value') return valueFigures(predictions, options);
  if (task === 'survival') return survivalFigures(predictions, options);
  const { estimates, ...rest } = (task === 'binary' ? binaryEstimates : classEstimates)(predictions, options);
  return { ...rest, figures: figuresOf(estimates) };
}
