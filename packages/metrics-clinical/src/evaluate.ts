import { assertThat, type LossName, type Metrics } from '@fedward/core';
import { concordanceIndex } from './concordance.js';
import { accuracy, auroc } from './discrimination.js';
import { meanLoss } from './loss.js';
import { assertOutputs, logOdds, predictedClasses } from './outputs.js';

/**
 * Metrics of a classifier over records: `loss`, `accuracy`, and for two classes `auroc`, which is left out
 * where only one class occurs among the labels.
 *
 * Each is a function of patients' data: to send one away from a site is a release.
 *
 * @param loss the model's loss, one of the cross-entropies
 * @param outputs [count, k] logits; k = 1 for `sigmoid-cross-entropy`
 * @param labels [count] class numbers
 * @throws {FedwardError} ARGUMENT_INVALID for another loss or lengths that don't fit, DATA_EMPTY for no
 * record, UPDATE_NOT_FINITE for an output that is NaN or infinite, LABEL_INVALID for a label that is no class
 */
export function classificationMetrics(loss: LossName, outputs: Float32Array, labels: Float32Array): Metrics {
  assertThat(loss !== 'squared-error' && loss !== 'cox', 'loss', `${loss} is no loss of a classifier`);
  const { width } = assertOutputs(loss, outputs, labels);
  const area = width <= 2 ? auroc(logOdds(outputs, width as 1 | 2), labels) : undefined;
  return {
    loss: meanLoss(loss, outputs, labels),
    accuracy: accuracy(predictedClasses(outputs, width), labels),
    ...(area === undefined ? {} : { auroc: area }),
  };
}

/**
 * Metrics of a regression over records: `loss` (half the mean squared error), `meanAbsoluteError` and
 * `rootMeanSquaredError`, both in the unit of the labels, and `rSquared`, the coefficient of determination
 * 1 - sum (y - x)^2 / sum (y - mean y)^2: 1 for a perfect model, 0 for one no better than the mean of these very
 * labels, below 0 for a worse one. It is left out where the labels are all the same.
 *
 * @param outputs [count] values
 * @param labels [count] values
 * @throws {FedwardError} as `classificationMetrics`
 */
export function regressionMetrics(outputs: Float32Array, labels: Float32Array): Metrics {
  const loss = meanLoss('squared-error', outputs, labels);
  const absolute = labels.reduce((sum, y, i) => sum + Math.abs(outputs[i]! - y), 0);
  const mean = labels.reduce((sum, y) => sum + y, 0) / labels.length;
  const variance = labels.reduce((sum, y) => sum + (y - mean) ** 2, 0) / labels.length;
  const constant = labels.every((y) => y === labels[0]);
  return {
    loss,
    meanAbsoluteError: absolute / labels.length,
    rootMeanSquaredError: Math.sqrt(2 * loss),
    ...(constant ? {} : { rSquared: 1 - (2 * loss) / variance }),
  };
}

/**
 * Metrics of a survival model over records: `loss`, Cox's over all of them as one risk set, and `cIndex`, Harrell's
 * concordance index (see `concordanceIndex` for ties), which is left out where no two records can be compared.
 *
 * @param outputs [count] log hazards
 * @param labels [count] times, negative where censored
 * @throws {FedwardError} as `classificationMetrics`; LABEL_INVALID for a time of 0
 */
export function survivalMetrics(outputs: Float32Array, labels: Float32Array): Metrics {
  const loss = meanLoss('cox', outputs, labels);
  const cIndex = concordanceIndex(outputs, labels);
  return { loss, ...(cIndex === undefined ? {} : { cIndex }) };
}

/**
 * The metrics that a model with this loss is judged by.
 * @throws {FedwardError} as `classificationMetrics`
 */
export function modelMetrics(loss: LossName, outputs: Float32Array, labels: Float32Array): Metrics {
  if (loss === 'squared-error') return regressionMetrics(outputs, labels);
  if (loss === 'cox') return survivalMetrics(outputs, labels);
  return classificationMetrics(loss, outputs, labels);
}
