import type { RocPoint } from '../evaluation/evaluation.js';
import { ranked, type Ranked } from './ranks.js';

/** How many of each class score at or above each score that occurs, from the highest on. */
export interface RocCounts {
  /** [thresholds] descending */
  readonly thresholds: Float64Array;
  /** [thresholds] */
  readonly truePositives: Uint32Array;
  readonly falsePositives: Uint32Array;
  readonly positives: number;
  readonly negatives: number;
}

/**
 * @param scores [count] finite, larger for class 1
 * @param labels [count] 0 or 1
 */
export function rocCounts(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  { order, ends }: Ranked = ranked(scores),
): RocCounts {
  const thresholds = new Float64Array(ends.length);
  const truePositives = new Uint32Array(ends.length);
  const falsePositives = new Uint32Array(ends.length);
  let [start, tp, fp] = [0, 0, 0];
  ends.forEach((end, g) => {
    for (let k = start; k < end; k++)
      if (labels[order[k]!] === 1) tp++;
      else fp++;
    thresholds[g] = scores[order[start]!]!;
    truePositives[g] = tp;
    falsePositives[g] = fp;
    start = end;
  });
  return { thresholds, truePositives, falsePositives, positives: tp, negatives: fp };
}

/** Points of a curve that is drawn. */
const mostPoints = 100;

/**
 * The curve from (0, 0) on: its corners, or where there are more than a hundred those nearest to a hundred equal steps along
 * it. Both classes have to occur.
 *
 * @param asProbability of a score
 */
export function rocCurve(counts: RocCounts, asProbability: (score: number) => number): RocPoint[] {
  const { thresholds, truePositives, falsePositives, positives, negatives } = counts;
  const last = thresholds.length - 1;
  const along = (g: number): number => truePositives[g]! / positives + falsePositives[g]! / negatives;
  const points: RocPoint[] = [{ threshold: null, sensitivity: 0, specificity: 1 }];
  const step = thresholds.length > mostPoints ? 2 / (mostPoints - 1) : 0;
  let next = 0;
  for (let g = 0; g <= last; g++) {
    if (along(g) < next && g < last) continue;
    points.push({
      threshold: asProbability(thresholds[g]!),
      sensitivity: truePositives[g]! / positives,
      specificity: 1 - falsePositives[g]! / negatives,
    });
    next = along(g) + step;
  }
  return points;
}
