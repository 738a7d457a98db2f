import { rocSteps } from '../discrimination/roc.js';
import type { BinaryRecords } from '../binary/records.js';
import type { NetBenefitPoint } from '../evaluation/evaluation.js';

/** What one treated in vain costs in treated rightly, for someone who acts from this probability on. */
export function exchangeRate(threshold: number): number {
  return threshold / (1 - threshold);
}

/**
 * The decision curve (Vickers and Elkin 2006, Med. Decis. Making 26:565): TP / n - FP / n x t / (1 - t) of acting where the
 * probability is at least t, and of acting always. To act never is 0. At t = 0.01, 0.02, ..., 0.99.
 */
export function decisionCurve(records: BinaryRecords): NetBenefitPoint[] {
  const { count, positives } = records;
  if (count === 0) return [];
  const steps = rocSteps(records);
  const curve: NetBenefitPoint[] = [];
  let step = steps.count - 1;
  for (let percent = 1; percent < 100; percent++) {
    const threshold = percent / 100;
    while (step >= 0 && steps.thresholds[step]! < threshold) step--;
    const truePositives = step < 0 ? 0 : steps.truePositives[step]!;
    const falsePositives = step < 0 ? 0 : steps.falsePositives[step]!;
    const rate = exchangeRate(threshold);
    curve.push({
      threshold,
      model: (truePositives - falsePositives * rate) / count,
      all: (positives - (count - positives) * rate) / count,
    });
  }
  return curve;
}
