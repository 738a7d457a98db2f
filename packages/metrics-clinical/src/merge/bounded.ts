import type { ScoreCounts } from './counts.js';

/** A figure from counts in bins, with what the same figure of the records themselves lies between. */
export interface MergedFigure {
  /** Null where it is not defined. */
  readonly value: number | null;
  /**
   * The figure of all records, pooled, is within these for certain; both are `value` where counts tell it exactly. A null
   * end: counts bound it on the other side alone. Null: nothing is known, because of noise or since it is an approximation.
   */
  readonly bounds: readonly [low: number | null, high: number | null] | null;
  /** Why it, or its bounds, are not defined, as the end of a sentence. */
  readonly because?: string;
}

/** What counts tell exactly. */
export function exact(value: number): MergedFigure {
  return { value, bounds: [value, value] };
}

export function notDefined(because: string): MergedFigure {
  return { value: null, bounds: null, because };
}

export function sumOf(values: Float64Array): number {
  return values.reduce((sum, x) => sum + x, 0);
}

/** A loss of a predicted probability, the larger the further it is from the class. */
type Loss = (probabilityOfTheClass: number) => number;

/**
 * The mean over records of a loss that falls as the probability of the true class grows: within a bin it is between those
 * of its edges, and its value that of the middle.
 */
function meanOfLoss({ bins, negatives, positives }: ScoreCounts, loss: Loss): MergedFigure {
  const total = sumOf(negatives) + sumOf(positives);
  if (total === 0) return notDefined('there is no record');
  let [low, middle, high, endless] = [0, 0, 0, 0];
  const add = (count: number, from: number, to: number): void => {
    if (count === 0) return; // 0 times infinity is no number
    low += count * loss(to);
    middle += count * loss((from + to) / 2);
    if (from > 0 || Number.isFinite(loss(0))) high += count * loss(from);
    else endless += count;
  };
  for (let k = 0; k < bins; k++) {
    add(positives[k]!, k / bins, (k + 1) / bins);
    add(negatives[k]!, 1 - (k + 1) / bins, 1 - k / bins);
  }
  return {
    value: middle / total,
    bounds: [low / total, endless === 0 ? high / total : null],
    ...(endless !== 0 && {
      because: 'records are in the outermost bin on the wrong side, where it has no upper bound',
    }),
  };
}

/** The Brier score: bounds are at most 2 / bins apart, since a square of a probability changes by at most 2 over [0, 1]. */
export function mergedBrier(counts: ScoreCounts): MergedFigure {
  return meanOfLoss(counts, (p) => (1 - p) ** 2);
}

/** In nats. */
export function mergedLogLoss(counts: ScoreCounts): MergedFigure {
  return meanOfLoss(counts, (p) => -Math.log(p));
}

/**
 * Area under the receiver operating characteristic. Of two records in different bins it is known which scores higher; of two
 * in the same one it is not, and such a pair counts half. So the area of all records is within the share of pairs that have
 * a bin in common, half to either side: whatever the records are, and however they were parted among sites.
 */
export function mergedAuroc({ negatives, positives }: ScoreCounts): MergedFigure {
  let [passed, won, shared] = [0, 0, 0];
  positives.forEach((positive, k) => {
    won += positive * passed;
    shared += positive * negatives[k]!;
    passed += negatives[k]!;
  });
  const pairs = sumOf(positives) * passed;
  if (pairs === 0) return notDefined('there is no record of one of the classes');
  return { value: (won + shared / 2) / pairs, bounds: [won / pairs, (won + shared) / pairs] };
}
