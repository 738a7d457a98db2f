import type { NetBenefitPoint, ReliabilityBin, RocPoint } from '../evaluation/evaluation.js';
import { exact, mergedAuroc, mergedBrier, mergedLogLoss, notDefined, sumOf, type MergedFigure } from './bounded.js';
import {
  calibrationBins,
  mergedCalibrationError,
  mergedCalibrationFit,
  mergedObservedExpected,
  reliabilityOf,
} from './calibration.js';
import { below, edgeOf, suppressSmallCells, type ScoreCounts } from './counts.js';

/** All that is said of a model of two classes from counts of sites. Plain JSON. */
export interface MergedEvaluation {
  readonly schemaVersion: 1;
  readonly task: 'binary';
  /** Whole numbers, unless noise was added. */
  readonly records: number;
  readonly events: number;
  readonly bins: number;
  readonly threshold: number;
  readonly noisy: boolean;
  /** Figures by name, those of `evaluate`. Names are only ever added. */
  readonly figures: Readonly<Record<string, MergedFigure>>;
  /** `counts[truth][predicted]`; null: too small to be shown. */
  readonly confusion: readonly (readonly (number | null)[])[];
  readonly curves: {
    readonly roc: readonly RocPoint[];
    readonly reliability: readonly ReliabilityBin[];
    readonly netBenefit: readonly NetBenefitPoint[];
  };
}

/** By what merged counts are judged; all of it is declared. */
export interface MergeOptions {
  /** Of class 1, at an edge of the bins. Default 0.5. */
  readonly threshold?: number | undefined;
  /** Whether noise was added to the counts, under which no bound holds. Default false. */
  readonly noisy?: boolean | undefined;
  /** Counts below it are not shown. Default 5. */
  readonly minimum?: number | undefined;
  /** Of the calibration error and the reliability curve, a power of two. Default 16, or the bins where they are fewer. */
  readonly calibrationBins?: number | undefined;
}

/**
 * What counts of predicted probabilities, added up over sites, tell of a model: `auroc`, `brier`, `logLoss`, `ece` and
 * `observedExpected` with bounds that the figures of all records, pooled, keep to whatever the records are; `accuracy`,
 * `balancedAccuracy`, `sensitivity`, `specificity`, `ppv`, `npv`, `netBenefit` and `prevalence` exactly; `calibrationSlope`
 * and `calibrationIntercept` as an approximation. A record is called class 1 from the threshold on, at it too.
 *
 * Counts with noise (`noisy`) may be negative. Figures are then made of them as they are, which is right in the mean, cut to
 * what they can be; none has a bound, and the fit of the calibration is left out.
 *
 * No cell of the confusion matrix and no point of a curve is of fewer than `minimum` records; but ratios tell counts to who
 * knows what they are ratios of.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for a threshold that is no edge, or calibration bins that don't fit
 */
export function mergedEvaluation(counts: ScoreCounts, options: MergeOptions = {}): MergedEvaluation {
  const { threshold = 0.5, noisy = false, minimum = 5 } = options;
  const { bins, negatives, positives } = counts;
  const groups = calibrationBins(counts, options.calibrationBins ?? Math.min(16, bins));
  const edge = edgeOf(threshold, bins);
  const confusion = confusionAt(counts, edge);
  const figures: Record<string, MergedFigure> = {
    ...atThreshold(confusion, threshold),
    auroc: mergedAuroc(counts),
    brier: mergedBrier(counts),
    logLoss: mergedLogLoss(counts),
    ece: mergedCalibrationError(groups),
    observedExpected: mergedObservedExpected(groups),
    ...(noisy ? fitUnderNoise : mergedCalibrationFit(counts)),
  };
  return {
    ...{ schemaVersion: 1, task: 'binary', bins, threshold, noisy },
    records: sumOf(negatives) + sumOf(positives),
    events: sumOf(positives),
    figures: noisy ? withoutBounds(figures) : figures,
    confusion: suppressSmallCells(confusion, minimum),
    curves: {
      roc: rocOf(counts, minimum),
      reliability: reliabilityOf(groups, minimum),
      netBenefit: decisionCurve(counts),
    },
  };
}

const noise = 'noise was added to the counts';
const fitUnderNoise = { calibrationSlope: notDefined(noise), calibrationIntercept: notDefined(noise) };

/** Figures that can be any number, or any from 0 on; others are shares. */
const unbounded = new Set(['netBenefit', 'observedExpected', 'logLoss']);

function withoutBounds(figures: Readonly<Record<string, MergedFigure>>): Record<string, MergedFigure> {
  const told = ([name, { value, because }]: [string, MergedFigure]): [string, MergedFigure] => {
    if (value === null) return [name, notDefined(because!)];
    return [name, { value: unbounded.has(name) ? value : clamp(value), bounds: null, because: noise }];
  };
  return Object.fromEntries(Object.entries(figures).map(told));
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}

type Confusion = readonly [readonly [tn: number, fp: number], readonly [fn: number, tp: number]];

/** `counts[truth][predicted]`, class 1 being predicted from an edge on. */
function confusionAt({ negatives, positives }: ScoreCounts, edge: number): Confusion {
  const row = (of: Float64Array): [number, number] => [sumOf(of.subarray(0, edge)), sumOf(of.subarray(edge))];
  return [row(negatives), row(positives)];
}

function atThreshold([[tn, fp], [fn, tp]]: Confusion, threshold: number): Record<string, MergedFigure> {
  const share = (of: number, and: number, because: string): MergedFigure =>
    of + and > 0 ? exact(of / (of + and)) : notDefined(because);
  const n = tn + fp + fn + tp;
  const sensitivity = share(tp, fn, 'there is no record of class 1');
  const specificity = share(tn, fp, 'there is no record of class 0');
  const balanced = sensitivity.value === null ? sensitivity : specificity.value === null ? specificity : undefined;
  return {
    accuracy: share(tn + tp, fp + fn, 'there is no record'),
    balancedAccuracy: balanced ?? exact((sensitivity.value! + specificity.value!) / 2),
    sensitivity,
    specificity,
    ppv: share(tp, fp, 'no record is called class 1'),
    npv: share(tn, fn, 'no record is called class 0'),
    prevalence: share(tp + fn, tn + fp, 'there is no record'),
    netBenefit:
      n > 0 && threshold < 1 ? exact(benefit(tp, fp, n, threshold)) : notDefined('nobody would act at this threshold'),
  };
}

/** Net benefit (Vickers and Elkin 2006, Med. Decis. Making 26:565), a record. */
function benefit(tp: number, fp: number, n: number, threshold: number): number {
  return tp / n - ((fp / n) * threshold) / (1 - threshold);
}

/** At thresholds that are 64ths, or all edges where there are fewer. */
function decisionCurve({ bins, negatives, positives }: ScoreCounts): NetBenefitPoint[] {
  const [n0, n1] = [below(negatives), below(positives)];
  const [without, events] = [n0[bins]!, n1[bins]!];
  const n = without + events;
  if (n <= 0) return [];
  const step = Math.max(1, bins / 64);
  const points: NetBenefitPoint[] = [];
  for (let edge = step; edge < bins; edge += step) {
    const threshold = edge / bins;
    const model = benefit(events - n1[edge]!, without - n0[edge]!, n, threshold);
    points.push({ threshold, model, all: benefit(events, without, n, threshold) });
  }
  return points;
}

/** From (0, 0) on, at edges at least a hundredth of all records, and `minimum` of them, apart. */
function rocOf({ bins, negatives, positives }: ScoreCounts, minimum: number): RocPoint[] {
  const [without, events] = [sumOf(negatives), sumOf(positives)];
  if (!(without > 0 && events > 0)) return [];
  const step = Math.max(minimum, (without + events) / 99);
  const points: RocPoint[] = [{ threshold: null, sensitivity: 0, specificity: 1 }];
  let [tp, fp, since] = [0, 0, 0];
  for (let k = bins - 1; k >= 0; k--) {
    tp += positives[k]!;
    fp += negatives[k]!;
    since += positives[k]! + negatives[k]!;
    if (since < step && k > 0) continue;
    if (since < minimum && points.length > 1) points.pop(); // the rest is too small for a point of its own
    points.push({ threshold: k / bins, sensitivity: clamp(tp / events), specificity: clamp(1 - fp / without) });
    since = 0;
  }
  return points;
}
