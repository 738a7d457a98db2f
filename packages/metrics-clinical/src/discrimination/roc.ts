import { forEachTie, hasBoth, type BinaryRecords } from '../binary/records.js';
import type { RocPoint } from '../evaluation/evaluation.js';

/** Counts of records with a score from this one on. */
export interface Step {
  /** Probability of class 1. */
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
}

/** One step a distinct score, from the highest down. */
export function rocSteps(records: BinaryRecords): Step[] {
  const steps: Step[] = [];
  let [truePositives, falsePositives] = [0, 0];
  forEachTie(records, (start, end) => {
    for (let i = start; i < end; i++)
      if (records.labels[records.order[i]!]) truePositives++;
      else falsePositives++;
    steps.push({ threshold: records.probabilities[records.order[start]!]!, truePositives, falsePositives });
  });
  return steps;
}

/**
 * The receiver operating characteristic from (0, 0) on: its corners, and where there are more than `most` of them,
 * those nearest to points spread evenly along it.
 * @returns undefined where a class is absent
 */
export function rocCurve(records: BinaryRecords, most = 100): RocPoint[] | undefined {
  if (!hasBoth(records)) return undefined;
  const { positives, count } = records;
  const points = rocSteps(records).map(({ threshold, truePositives, falsePositives }): RocPoint => ({
    threshold,
    sensitivity: truePositives / positives,
    specificity: 1 - falsePositives / (count - positives),
  }));
  const all: RocPoint[] = [{ threshold: null, sensitivity: 0, specificity: 1 }, ...points];
  return thinned(
    all.filter((point, i) => isCorner(all[i - 1], point, all[i + 1])),
    most,
  );
}

/** Both ends, and where the curve turns. */
function isCorner(before: RocPoint | undefined, point: RocPoint, after: RocPoint | undefined): boolean {
  if (!before || !after) return true;
  const across = (point.sensitivity - before.sensitivity) * (point.specificity - after.specificity);
  const along = (after.sensitivity - point.sensitivity) * (before.specificity - point.specificity);
  return Math.abs(across - along) > 1e-14;
}

function thinned(points: RocPoint[], most: number): RocPoint[] {
  if (points.length <= most) return points;
  const kept: RocPoint[] = [];
  // The distance along the curve, up and to the right, is sensitivity + 1 - specificity, 2 in all.
  for (const point of points) {
    const along = point.sensitivity + 1 - point.specificity;
    if (kept.length === 0 || along >= (2 * kept.length) / (most - 1)) kept.push(point);
  }
  if (kept.at(-1) !== points.at(-1)) kept.push(points.at(-1)!);
  return kept;
}

/** Largest sensitivity at a specificity of at least `at`: of the steps that there are, none between two. 0 where no step has it. */
export function sensitivityAtSpecificity(steps: readonly Step[], at: number): number | null {
  return atOperatingPoint(steps, at).sensitivity;
}

/** Largest specificity at a sensitivity of at least `at`. */
export function specificityAtSensitivity(steps: readonly Step[], at: number): number | null {
  return atOperatingPoint(steps, at).specificity;
}

function atOperatingPoint(
  steps: readonly Step[],
  at: number,
): { sensitivity: number | null; specificity: number | null } {
  const last = steps.at(-1);
  if (!last?.truePositives || !last.falsePositives) return { sensitivity: null, specificity: null };
  const { truePositives: positives, falsePositives: negatives } = last;
  const enough = steps.filter(({ falsePositives }) => falsePositives <= (1 - at) * negatives + rounding);
  const first = steps.find(({ truePositives }) => truePositives >= at * positives - rounding)!;
  return {
    sensitivity: (enough.at(-1)?.truePositives ?? 0) / positives,
    specificity: 1 - first.falsePositives / negatives,
  };
}

/** Of counts: 0.1 x 30 is not 3 in floating point. */
export const rounding = 1e-9;
