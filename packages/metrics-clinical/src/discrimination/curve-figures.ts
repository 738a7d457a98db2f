import { ranked, type Ranked } from './ranks.js';

/** What is read off the curves of a model of two classes. */
export interface CurveFigures {
  /** Average precision; undefined where class 1 is absent. */
  readonly auprc: number | undefined;
  /** Undefined where one of the classes is absent, as the next. */
  readonly sensitivityAtSpecificity: number | undefined;
  readonly specificityAtSensitivity: number | undefined;
}

/**
 * `auprc`: average precision, the sum over the distinct scores, from the highest on, of the precision there times the
 * sensitivity that it adds, as scikit-learn's `average_precision_score`. `sensitivityAtSpecificity`: the highest sensitivity
 * of the thresholds whose specificity is at least the operating point, and the reverse. One pass.
 *
 * @param scores [count] finite, larger for class 1
 * @param labels [count] 0 or 1
 * @param operatingPoint in (0, 1)
 * @param weights [count] of records, such as how often a bootstrap drew them; default 1
 */
export function curveFigures(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  operatingPoint: number,
  { order, ends }: Ranked = ranked(scores),
  weights?: ArrayLike<number>,
): CurveFigures {
  let [positives, negatives] = [0, 0];
  for (let i = 0; i < labels.length; i++) {
    const weight = weights ? weights[i]! : 1;
    if (labels[i] === 1) positives += weight;
    else negatives += weight;
  }
  if (positives === 0) return { auprc: undefined, ...noPoints };

  let [start, tp, fp, precisions] = [0, 0, 0, 0];
  let sensitivity = 0;
  let specificity: number | undefined;
  for (const end of ends) {
    let here = 0;
    for (let k = start; k < end; k++) {
      const i = order[k]!;
      const weight = weights ? weights[i]! : 1;
      if (labels[i] === 1) here += weight;
      else fp += weight;
    }
    start = end;
    tp += here;
    if (here > 0) precisions += here * (tp / (tp + fp));
    if (1 - fp / negatives >= operatingPoint) sensitivity = tp / positives;
    if (specificity === undefined && tp / positives >= operatingPoint) specificity = 1 - fp / negatives;
  }
  const auprc = precisions / positives;
  if (negatives === 0) return { auprc, ...noPoints };
  return { auprc, sensitivityAtSpecificity: sensitivity, specificityAtSensitivity: specificity ?? 0 };
}

const noPoints = { sensitivityAtSpecificity: undefined, specificityAtSensitivity: undefined };
