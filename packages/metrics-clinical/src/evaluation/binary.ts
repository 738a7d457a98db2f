import {
  accuracyOf,
  balancedAccuracyOf,
  confusionCounts,
  f1Of,
  kappaOf,
  mccOf,
  netBenefitAt,
  npvAt,
  npvOf,
  positiveLikelihoodRatioOf,
  ppvAt,
  ppvOf,
  sensitivityOf,
  specificityOf,
  type CountFigure,
} from '../classification/counts.js';
import { calibrationFigures } from '../calibration/figures.js';
import { equalWidthBins } from '../calibration/reliability.js';
import { discriminationFigures } from '../discrimination/figures.js';
import { ranked } from '../discrimination/ranks.js';
import { rocCounts, rocCurve } from '../discrimination/roc.js';
import type { NoteInfluences } from '../influence/note.js';
import type { Patients } from '../influence/influence.js';
import { sigmoid } from '../outputs.js';
import type { ConfusionMatrix, Curves, EvaluationOptions, Figure, Figures } from './evaluation.js';
import { countFigure, influencesOf, shareFigure, type Called } from './share.js';

/** Records of two classes, and how a model scores them. */
export interface BinaryScores {
  /** [count] log-odds of class 1 */
  readonly logits: Float64Array;
  /** [count] the same as probabilities; default: computed from them. */
  readonly probabilities?: Float64Array;
  /** [count] 0 or 1 */
  readonly labels: Float32Array;
  readonly patients: Patients;
  readonly classes?: readonly string[] | undefined;
}

/** Where a decision curve ends: nobody who asks for more certainty than this asks a model. */
const thresholds = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);

/**
 * All figures of two classes; see the package's README for what each is, and by what its interval is made.
 *
 * At the threshold t a record is called class 1 from the probability t on. Without one it is called what the model calls
 * it: class 1 above even odds, so that the accuracy is that of `modelMetrics`.
 *
 * @param calledAlready [count] 1 for records that something else calls class 1, such as the largest of many classes
 */
export function binaryFigures(
  { logits, probabilities = logits.map(sigmoid), labels, patients, classes = ['0', '1'] }: BinaryScores,
  options: EvaluationOptions,
  note?: NoteInfluences,
  calledAlready?: Uint8Array,
): { figures: Figures; curves?: Curves; events: number; confusion: ConfusionMatrix } {
  const { threshold, prevalence, curves = true } = options;
  const called =
    calledAlready ??
    Uint8Array.from(logits, (x, i) => Number(threshold === undefined ? x > 0 : probabilities[i]! >= threshold));
  const counts = confusionCounts(labels, called);
  const { tp, fp, tn, fn } = counts;
  const all: Called = { labels, called, counts, patients };
  const share = (name: string, of: CountFigure, successes: number, records: number): Figure => {
    const influences = influencesOf(of, all);
    if (influences) note?.(name, influences);
    return shareFigure(successes, records, influences, patients);
  };
  const other = (name: string, of: CountFigure, scale: 'plain' | 'logit' | 'log', because: string): Figure => {
    if (note) {
      const influences = influencesOf(of, all);
      if (influences) note(name, influences);
    }
    return countFigure(of, all, scale, because);
  };
  const oneClass = 'one of the classes is absent';
  const order = ranked(logits);
  const figures: Figures = {
    prevalence: shareFigure(tp + fn, labels.length, Float64Array.from(labels, (y) => (y - (tp + fn) / labels.length) / labels.length), patients), // prettier-ignore
    ...discriminationFigures({ logits, labels, patients, order }, options, note),
    accuracy: share('accuracy', accuracyOf, tp + tn, labels.length),
    balancedAccuracy: other('balancedAccuracy', balancedAccuracyOf, 'logit', oneClass),
    sensitivity: share('sensitivity', sensitivityOf, tp, tp + fn),
    specificity: share('specificity', specificityOf, tn, tn + fp),
    ppv: share('ppv', ppvOf, tp, tp + fp),
    npv: share('npv', npvOf, tn, tn + fn),
    ...(prevalence !== undefined && {
      ppvAtPrevalence: other('ppvAtPrevalence', ppvAt(prevalence), 'logit', oneClass),
      npvAtPrevalence: other('npvAtPrevalence', npvAt(prevalence), 'logit', oneClass),
    }),
    f1: other('f1', f1Of, 'logit', 'no record is of class 1 or is called that'),
    mcc: tp + fn === 0 || tn + fp === 0 ? { value: null, interval: null, because: oneClass } : other('mcc', mccOf, 'plain', oneClass), // prettier-ignore
    kappa: other('kappa', kappaOf, 'plain', 'chance alone agrees throughout'),
    positiveLikelihoodRatio: other('positiveLikelihoodRatio', positiveLikelihoodRatioOf, 'log', `${oneClass}, or there is no false alarm`), // prettier-ignore
    netBenefit: other('netBenefit', netBenefitAt(threshold ?? 0.5), 'plain', 'there is no record'),
    ...calibrationFigures({ logits, probabilities, labels, patients }, note),
  };
  const roc = rocCounts(logits, labels, order);
  return {
    figures,
    events: tp + fn,
    confusion: { classes, counts: [[tn, fp], [fn, tp]] }, // prettier-ignore
    ...(curves && {
      curves: {
        ...(roc.positives > 0 && roc.negatives > 0 && { roc: rocCurve(roc, sigmoid) }),
        reliability: equalWidthBins(probabilities, labels),
        netBenefit: decisionCurve(probabilities, labels),
      },
    }),
  };
}

/** Net benefit by threshold, of the model and of acting on everyone; of acting on nobody it is 0. */
function decisionCurve(probabilities: Float64Array, labels: Float32Array): NonNullable<Curves['netBenefit']> {
  const n = labels.length;
  const events = labels.reduce((sum, y) => sum + y, 0);
  const sorted = [0, 1].map((y) => probabilities.filter((_, i) => labels[i] === y).sort());
  return thresholds.map((threshold) => {
    const [fp, tp] = sorted.map((own) => own.length - firstAtLeast(own, threshold));
    const odds = threshold / (1 - threshold);
    return { threshold, model: (tp! - fp! * odds) / n, all: (events - (n - events) * odds) / n };
  });
}

/** The position of the first that is at least the value; the length where none is. */
function firstAtLeast(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
