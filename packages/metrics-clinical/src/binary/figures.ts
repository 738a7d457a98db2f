import { calibrationError, calibrationErrorEqualCount } from '../calibration/error.js';
import { recalibrationFigures } from '../calibration/recalibration.js';
import { areaUnderCurve } from '../discrimination/delong.js';
import { type BootstrapOptions } from '../intervals/bootstrap.js';
import {
  mean,
  noRecords,
  notDefined,
  tooFewPatients,
  withoutInterval,
  type Estimate,
  type Estimates,
} from '../intervals/estimate.js';
import { influencePart, varianceOf } from '../intervals/influence.js';
import { logWald } from '../intervals/normal.js';
import { exchangeRate } from '../utility/net-benefit.js';
import { likelihoodRatios, shares } from './rates.js';
import type { BinaryRecords } from './records.js';
import { resampledFigures } from './resampling.js';

export interface BinaryFigureOptions {
  readonly threshold: number;
  readonly operatingPoint: number;
  readonly prevalence?: number | undefined;
  readonly bootstrap: BootstrapOptions;
}

/** Every figure of two classes; which interval each has, and why, is a table in this package's README. */
export function binaryFigures(records: BinaryRecords, options: BinaryFigureOptions): Estimates {
  const { sensitivity, specificity, ...rest } = shares(records);
  const { balancedAccuracy, auprc, f1, mcc, kappa, ...atPoints } = resampledFigures(
    records,
    options.operatingPoint,
    options.bootstrap,
  );
  return {
    auroc: areaUnderCurve(records),
    auprc,
    accuracy: rest.accuracy,
    balancedAccuracy,
    sensitivity,
    specificity,
    ppv: rest.ppv,
    npv: rest.npv,
    ...likelihoodRatios(sensitivity, specificity, options.prevalence),
    f1,
    mcc,
    kappa,
    ...atPoints,
    ...probabilityFigures(records),
    netBenefit: netBenefit(records, options.threshold),
    prevalence: rest.prevalence,
  };
}

/** How good the probabilities are, whatever the threshold. */
function probabilityFigures(records: BinaryRecords): Estimates {
  const { scores, probabilities, labels, patients } = records;
  return {
    brier: mean(patients, (i) => (probabilities[i]! - labels[i]!) ** 2, [0, 1]),
    logLoss: mean(patients, (i) => logLossOf(scores[i]!, labels[i]!), [0, Infinity]),
    observedExpected: observedExpected(records),
    ...recalibrationFigures(records),
    ...(records.count === 0
      ? { ece: notDefined(noRecords), eceEqualCount: notDefined(noRecords) }
      : {
          ece: withoutInterval(calibrationError(probabilities, labels), biased),
          eceEqualCount: withoutInterval(calibrationErrorEqualCount(probabilities, labels), biased),
        }),
  };
}

/** A bootstrap would add to the chance that is in it already, and leave out the value itself. */
export const biased = 'chance within its bins makes it too large, and resampling doubles that: see the bins';

/** log(1 + e^x) - x y = max(x, 0) + log(1 + e^-|x|) - x y, of log-odds: never of a probability that rounds to 1. */
function logLossOf(score: number, label: number): number {
  return Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score))) - score * label;
}

/** Events over what was expected, with an interval symmetric in the logarithm (Debray et al. 2017, BMJ 356:i6460). */
function observedExpected({ labels, probabilities, positives, patients }: BinaryRecords): Estimate {
  const expected = probabilities.reduce((sum, p) => sum + p, 0);
  if (expected === 0) return notDefined('no event was expected');
  const value = positives / expected;
  if (positives === 0) return withoutInterval(0, 'there is no event');
  const influence = () => [influencePart(patients, (i) => (labels[i]! - value * probabilities[i]!) / expected)];
  const variance = varianceOf(influence());
  if (variance === undefined) return withoutInterval(value, tooFewPatients);
  return { figure: { value, interval: logWald(value, variance / value ** 2), method: 'wald' }, influence };
}

/** TP / n - FP / n x t / (1 - t), a mean over records (Vickers and Elkin 2006). */
function netBenefit({ called, labels, patients }: BinaryRecords, threshold: number): Estimate {
  if (threshold >= 1) return notDefined('at a threshold of 1 no number of patients treated in vain is too many');
  const rate = exchangeRate(threshold);
  return mean(patients, (i) => (called[i] ? (labels[i] ? 1 : -rate) : 0));
}
