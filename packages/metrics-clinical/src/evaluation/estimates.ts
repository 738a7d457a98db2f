import { assertProbability, assertThat } from '@fedward/core';
import { confusionCounts } from '../agreement/confusion.js';
import { binaryFigures } from '../binary/figures.js';
import { binaryRecords, type BinaryRecords } from '../binary/records.js';
import { reliability } from '../calibration/reliability.js';
import { classFigures, figuresByClass, oneAgainstRest } from '../classes/figures.js';
import { classRecords } from '../classes/records.js';
import { rocCurve } from '../discrimination/roc.js';
import { defaultBootstrap } from '../intervals/bootstrap.js';
import type { Estimates } from '../intervals/estimate.js';
import { assertOutputs, logOdds } from '../outputs.js';
import { decisionCurve } from '../utility/net-benefit.js';
import type { ConfusionMatrix, Curves, EvaluationOptions, Figures, Predictions } from './evaluation.js';

/** What there is to be said of classes, before it is made JSON. */
export interface ClassEstimates {
  readonly estimates: Estimates;
  readonly events?: number;
  readonly confusion: ConfusionMatrix;
  readonly byClass?: Readonly<Record<string, Figures>>;
  readonly curves?: Curves;
}

/** @throws {FedwardError} as `evaluate` */
export function binaryEstimates(predictions: Predictions, options: EvaluationOptions): ClassEstimates {
  const { threshold, prevalence, operatingPoint = 0.9, bootstrap = defaultBootstrap, curves = true } = options;
  if (threshold !== undefined) assertProbability('threshold', threshold);
  if (prevalence !== undefined) assertProbability('prevalence', prevalence);
  assertProbability('operatingPoint', operatingPoint);
  const { loss, outputs, labels, patientIds } = predictions;
  const scores =
    labels.length === 0 ? new Float64Array(0) : logOdds(outputs, assertOutputs(loss, outputs, labels).width as 1 | 2);
  const records = binaryRecords(scores, labels, patientIds, threshold);
  const counts = confusionCounts(records.labels, records.called, 2);
  return {
    estimates: binaryFigures(records, { threshold: threshold ?? 0.5, operatingPoint, prevalence, bootstrap }),
    events: records.positives,
    confusion: matrix(counts, namesOf(predictions, 2)),
    ...(curves && { curves: curvesOf(records) }),
  };
}

function curvesOf(records: BinaryRecords): Curves {
  const roc = rocCurve(records);
  return { ...(roc && { roc }), reliability: reliability(records), netBenefit: decisionCurve(records) };
}

/** @throws {FedwardError} as `evaluate` */
export function classEstimates(predictions: Predictions, options: EvaluationOptions): ClassEstimates {
  const { operatingPoint = 0.9, bootstrap = defaultBootstrap } = options;
  assertProbability('operatingPoint', operatingPoint);
  const { loss, outputs, labels, patientIds } = predictions;
  assertOutputs(loss, outputs, labels);
  const records = classRecords(outputs, labels, patientIds);
  const names = namesOf(predictions, records.classes);
  const against = names.map((_, one) => oneAgainstRest(records, one));
  const byClass = figuresByClass(against, names, { operatingPoint, bootstrap });
  return {
    estimates: classFigures(records, against, byClass, bootstrap),
    confusion: matrix(confusionCounts(records.labels, records.predicted, records.classes), names),
    byClass,
  };
}

function matrix(counts: Float64Array, classes: readonly string[]): ConfusionMatrix {
  const k = classes.length;
  return { classes, counts: classes.map((_, truth) => [...counts.subarray(truth * k, (truth + 1) * k)]) };
}

/** As they were given, or by their numbers. */
function namesOf({ classes }: Predictions, count: number): readonly string[] {
  assertThat(!classes || classes.length === count, 'classes', `${classes?.length} classes for outputs of ${count}`);
  return classes ?? Array.from({ length: count }, (_, i) => String(i));
}
