import { FedwardError } from '@fedward/core';
import { logOdds, sigmoid } from '../outputs.js';
import type { Predictions } from './evaluation.js';

/** How a threshold is chosen: the largest sum of sensitivity and specificity, or the one that reaches one of the two. */
export type ThresholdRule =
  { readonly rule: 'youden' } | { readonly rule: 'sensitivity' | 'specificity'; readonly at: number };

/**
 * The probability of class 1 from which on records are to be called that, by a rule: `youden`, the one with the largest sum of
 * sensitivity and specificity (Youden 1950), of equal ones the highest; `sensitivity`, the highest that reaches it;
 * `specificity`, the lowest that reaches it.
 *
 * @param predictions of records that were trained on: a threshold that is chosen on a test part makes its figures untrue
 * @throws {FedwardError} DATA_EMPTY where one of the classes is absent
 */
export function chooseThreshold({ outputs, labels }: Predictions, rule: ThresholdRule): number {
  const width = outputs.length / labels.length;
  const scores = logOdds(outputs, width as 1 | 2);
  const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!);
  const positives = labels.reduce((sum, y) => sum + y, 0);
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0)
    throw new FedwardError('DATA_EMPTY', 'no threshold can be chosen where one of two classes is absent', 'threshold');
  let [hits, alarms, best] = [0, 0, -Infinity];
  let chosen: number | undefined;
  for (let i = 0; i < order.length; i++) {
    if (labels[order[i]!] === 1) hits++;
    else alarms++;
    const score = scores[order[i]!]!;
    if (i + 1 < order.length && scores[order[i + 1]!] === score) continue;
    const [sensitivity, specificity] = [hits / positives, 1 - alarms / negatives];
    if (rule.rule === 'youden') {
      if (sensitivity + specificity <= best) continue;
      [best, chosen] = [sensitivity + specificity, score];
    } else if (rule.rule === 'sensitivity') {
      if (sensitivity >= rule.at) return sigmoid(score);
    } else if (specificity >= rule.at) chosen = score;
    else break;
  }
  return sigmoid(chosen ?? scores[order[0]!]!);
}
