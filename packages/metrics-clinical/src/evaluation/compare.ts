import { assertThat } from '@fedward/core';
import { intervalOf } from '../intervals/bootstrap.js';
import type { Estimate, Estimates } from '../intervals/estimate.js';
import { combined, varianceOf } from '../intervals/influence.js';
import { wald } from '../intervals/normal.js';
import { binaryEstimates, classEstimates } from './estimates.js';
import { evaluate } from './evaluate.js';
import type { EvaluationOptions, Figure, Figures, Predictions } from './evaluation.js';
import { taskOf } from './predictions.js';

/**
 * The figures of one model minus those of another on the same records, with intervals that know that they are the same:
 * of the difference of what each patient does to the two figures (for `auroc` the paired test of DeLong et al. 1988, eq. 5),
 * or of bootstraps that draw the same patients for both. A figure that one of them hasn't is left out. Survival and
 * values have no intervals of differences.
 *
 * @param ours and `theirs`: of the same records, in the same order
 * @throws {FedwardError} as `evaluate`; ARGUMENT_INVALID where the labels or the patients are not the same
 */
export function compareModels(ours: Predictions, theirs: Predictions, options: EvaluationOptions = {}): Figures {
  const task = taskOf(ours);
  assertThat(task === taskOf(theirs), 'theirs', 'the two models are not asked the same');
  assertThat(sameRecords(ours, theirs), 'theirs', 'the labels or patients of the two are not the same');
  const [a, b] = [ours, theirs].map((one): Estimates => {
    const without = { ...options, curves: false };
    if (task === 'binary') return binaryEstimates(one, without).estimates;
    if (task === 'classes') return classEstimates(one, without).estimates;
    return Object.fromEntries(
      Object.entries(evaluate(one, without).figures).map(([name, figure]) => [name, { figure }]),
    );
  });
  return Object.fromEntries(
    Object.entries(a!).flatMap(([name, own]): [string, Figure][] => {
      const difference = b![name] && differenceOf(own, b![name]);
      return difference ? [[name, difference]] : [];
    }),
  );
}

function differenceOf(a: Estimate, b: Estimate): Figure | undefined {
  if (a.figure.value === null || b.figure.value === null) return undefined;
  const value = a.figure.value - b.figure.value;
  if (a.draws && b.draws) {
    const interval = intervalOf(
      value,
      a.draws.map((one, i) => one - b.draws![i]!),
      [-Infinity, Infinity],
    );
    if (typeof interval === 'string') return { value, interval: null, because: interval };
    return { value, interval, method: a.figure.method ?? 'bootstrap' };
  }
  if (!a.influence || !b.influence)
    return { value, interval: null, because: 'one of the two figures has no interval that a difference could have' };
  const variance = varianceOf(
    combined([
      [1, a.influence()],
      [-1, b.influence()],
    ]),
  );
  if (!variance) return { value, interval: null, because: 'the two models do the same for each patient' };
  return { value, interval: wald(value, variance), method: a.figure.method ?? 'wald' };
}

function sameRecords(a: Predictions, b: Predictions): boolean {
  if (a.labels.length !== b.labels.length || a.labels.some((y, i) => y !== b.labels[i])) return false;
  return !a.patientIds || !b.patientIds || a.patientIds.every((id, i) => id === b.patientIds![i]);
}
