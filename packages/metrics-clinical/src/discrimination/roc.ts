import { forEachTie, hasBoth, type BinaryRecords } from '../binary/records.js';
import type { RocPoint } from '../evaluation/evaluation.js';

/** Counts of records with at least each distinct score, from the highest down; in arrays, as there may be a million. */
export interface Steps {
  readonly count: number;
  /** [count] probability of class 1. */
  readonly thresholds: Float64Array;
  /** [count] */
  readonly truePositives: Uint32Array;
  /** [count] */
  readonly falsePositives: Uint32Array;
}

/** One step a distinct score. */
export function rocSteps(records: BinaryRecords): Steps {
  const { labels, order, probabilities } = records;
  const thresholds = new Float64Array(records.count);
  const truePositives = new Uint32Array(records.count);
  const falsePositives = new Uint32Array(records.count);
  let [count, positives] = [0, 0];
  forEachTie(records, (start, end) => {
    for (let i = start; i < end; i++) positives += labels[order[i]!]!;
    thresholds[count] = probabilities[order[start]!]!;
    truePositives[count] = positives;
    falsePositives[count++] = end - positives;
  });
  return {
    count,
    thresholds: thresholds.subarray(0, count),
    truePositives: truePositives.subarray(0, count),
    falsePositives: falsePositives.subarray(0, count),
  };
}

/**
 * The receiver operating characteristic from (0, 0) on: its corners, and where there are more than `most` of them,
 * those nearest to points spread evenly along it.
 * @returns undefined where a class is absent
 */
export function rocCurve(records: BinaryRecords, most = 100): RocPoint[] | undefined {
  if (!hasBoth(records)) return undefined;
  const { positives, count } = records;
  const steps = rocSteps(records);
  const point = (step: number): RocPoint =>
    step < 0
      ? { threshold: null, sensitivity: 0, specificity: 1 }
      : {
          threshold: steps.thresholds[step]!,
          sensitivity: steps.truePositives[step]! / positives,
          specificity: 1 - steps.falsePositives[step]! / (count - positives),
        };
  const corners = [-1];
  for (let step = 0; step < steps.count; step++) if (isCorner(steps, step)) corners.push(step);
  if (corners.length <= most) return corners.map(point);
  const kept: RocPoint[] = [];
  for (const corner of corners) {
    const own = point(corner);
    // The distance along the curve, up and to the right, is sensitivity + 1 - specificity, 2 in all.
    const along = own.sensitivity + 1 - own.specificity;
    if (kept.length === 0 || along >= (2 * kept.length) / (most - 1)) kept.push(own);
  }
  const end = point(steps.count - 1);
  if (kept.at(-1)!.threshold !== end.threshold) kept.push(end);
  return kept;
}

/** The last step, and where the curve turns: in whole numbers, by which a straight line is one. */
function isCorner({ truePositives, falsePositives, count }: Steps, step: number): boolean {
  if (step === count - 1) return true;
  const [up, right] = [truePositives[step]!, falsePositives[step]!];
  const before = step === 0 ? [0, 0] : [truePositives[step - 1]!, falsePositives[step - 1]!];
  return (
    (up - before[0]!) * (falsePositives[step + 1]! - right) !== (truePositives[step + 1]! - up) * (right - before[1]!)
  );
}

/** Of counts: 0.1 x 30 is not 3 in floating point. */
export const rounding = 1e-9;
