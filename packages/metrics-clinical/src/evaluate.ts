import { assertThat, type LossName, type Metrics } from '@fedward/core';
import { accuracy, auroc } from './discrimination.js';
import { meanLoss } from './loss.js';
import { checkOutputs, logOdds, predictedClasses } from './outputs.js';

/**
 * Metrics of a classifier over records: `loss`, `accuracy`, and for two classes `auroc`, which is left out
 * where only one class occurs among the labels.
 *
 * Each is a function of patients' data: to send one away from a site is a release.
 *
 * @param loss the model's loss, one of the cross-entropies
 * @param outputs [count, k] logits; k = 1 for `sigmoid-cross-entropy`
 * @param labels [count] class numbers
 * @throws {FedwardError} ARGUMENT_INVALID for `squared-error` or lengths that don't fit, DATA_EMPTY for no
 * record, UPDATE_NOT_FINITE for an output that is NaN or infinite, LABEL_INVALID for a label that is no class
 */
export function classificationMetrics(loss: LossName, outputs: Float32Array, labels: Float32Array): Metrics {
  assertThat(loss !== 'squared-error', 'loss', 'squared-error is no loss of a classifier');
  const { width } = checkOutputs(loss, outputs, labels);
  const area = width <= 2 ? auroc(logOdds(outputs, width as 1 | 2), labels) : undefined;
  return {
    loss: meanLoss(loss, outputs, labels),
    accuracy: accuracy(predictedClasses(outputs, width), labels),
    ...(area === undefined ? {} : { auroc: area }),
  };
}

/**
 * Metrics of a regression over records: `loss` (half the mean squared error), `meanAbsoluteError` and
 * `rootMeanSquaredError`, the latter two in the unit of the labels.
 *
 * @param outputs [count] values
 * @param labels [count] values
 * @throws {FedwardError} as `classificationMetrics`
 */
export function regressionMetrics(outputs: Float32Array, labels: Float32Array): Metrics {
  const loss = meanLoss('squared-error', outputs, labels);
  const absolute = labels.reduce((sum, y, i) => sum + Math.abs(outputs[i]! - y), 0);
  return {
    loss,
    meanAbsoluteError: absolute / labels.length,
    rootMeanSquaredError: Math.sqrt(2 * loss),
  };
}

/**
 * The metrics that a model with this loss is judged by.
 * @throws {FedwardError} as `classificationMetrics`
 */
export function modelMetrics(loss: LossName, outputs: Float32Array, labels: Float32Array): Metrics {
  return loss === 'squared-error' ? regressionMetrics(outputs, labels) : classificationMetrics(loss, outputs, labels);
}
