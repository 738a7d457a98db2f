import { assertProbability, FedwardError } from '@fedward/core';
import { binaryRecords, hasBoth } from '../binary/records.js';
import { rocSteps, rounding } from '../discrimination/roc.js';
import { assertOutputs, logOdds } from '../outputs.js';
import type { Predictions } from './evaluation.js';
import { taskOf } from './predictions.js';

/** How a threshold is chosen: the largest sum of sensitivity and specificity, or the one that reaches one of the two. */
export type ThresholdRule =
  { readonly rule: 'youden' } | { readonly rule: 'sensitivity' | 'specificity'; readonly at: number };

/**
 * The probability from which on a record is to be called class 1, chosen on the records given: those of training or
 * validation parts, never those by which the model is then judged. It is one of their predictions.
 *
 * - `youden`: the largest sensitivity + specificity - 1 (Youden 1950, Cancer 3:32); of equal ones the highest threshold
 * - `sensitivity`: the highest threshold with a sensitivity of at least `at`
 * - `specificity`: the lowest threshold with a specificity of at least `at`; where even the highest prediction has not
 *   enough, halfway from it to 1, so that none of these records is called class 1
 *
 * @throws {FedwardError} as `evaluate`; ARGUMENT_INVALID for a model that is not one of two classes, or `at` outside of [0, 1];
 * LABEL_INVALID where only one class occurs
 */
export function chooseThreshold(predictions: Predictions, rule: ThresholdRule): number {
  const { loss, outputs, labels } = predictions;
  if (taskOf(predictions) !== 'binary')
    throw new FedwardError('ARGUMENT_INVALID', 'a threshold is chosen for two classes only', 'predictions');
  if (rule.rule !== 'youden') assertProbability('at', rule.at);
  const { width } = assertOutputs(loss, outputs, labels);
  const records = binaryRecords(logOdds(outputs, width as 1 | 2), labels);
  if (!hasBoth(records))
    throw new FedwardError('LABEL_INVALID', 'no threshold can be chosen where only one class occurs', 'labels');
  const { thresholds, truePositives, falsePositives } = rocSteps(records);
  const { positives } = records;
  const negatives = records.count - positives;
  if (rule.rule === 'sensitivity')
    return thresholds[truePositives.findIndex((hits) => hits >= rule.at * positives - rounding)]!;
  if (rule.rule === 'specificity') {
    const enough = falsePositives.findLastIndex((alarms) => alarms <= (1 - rule.at) * negatives + rounding);
    return enough < 0 ? (thresholds[0]! + 1) / 2 : thresholds[enough]!;
  }
  // In whole numbers: equal sums must be equal.
  const youden = (step: number) => truePositives[step]! * negatives - falsePositives[step]! * positives;
  let best = 0;
  for (let step = 1; step < thresholds.length; step++) if (youden(step) > youden(best)) best = step;
  return thresholds[best]!;
}
