import { forEachTie, type BinaryRecords } from '../binary/records.js';

/**
 * The area under the precision-recall curve as average precision: the sum over distinct scores, from the highest
 * down, of the step in recall times the precision there. It doesn't draw straight lines between points, which is too
 * optimistic (Davis and Goadrich 2006, ICML). Equals scikit-learn's `average_precision_score`. A model that knows nothing
 * has the prevalence.
 * @returns null where class 1 is absent
 */
export function averagePrecision(records: BinaryRecords): number | null {
  const { order, labels, positives } = records;
  if (positives === 0) return null;
  let [sum, truePositives] = [0, 0];
  forEachTie(records, (start, end) => {
    let here = 0;
    for (let i = start; i < end; i++) here += labels[order[i]!]!;
    truePositives += here;
    sum += (here / positives) * (truePositives / end);
  });
  return sum;
}
