import { ascendingOrder } from '../order.js';

/**
 * Expected calibration error in bins of equal width (Naeini et al. 2015, AAAI): the mean distance between the mean
 * prediction and the share of events, weighted by the bins' records. A probability on a border is in the upper bin.
 *
 * @param probabilities [count] in [0, 1]
 * @param happened [count] 0 or 1
 */
export function calibrationError(probabilities: ArrayLike<number>, happened: ArrayLike<number>, bins = 10): number {
  const gaps = new Float64Array(bins);
  for (let i = 0; i < probabilities.length; i++)
    gaps[binOf(probabilities[i]!, bins)]! += probabilities[i]! - happened[i]!;
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / probabilities.length;
}

/**
 * The same in bins of equal count: records in ascending order of their probability, equal ones in their own order, the
 * first bins one larger where they don't divide (Nguyen and O'Connor 2015, EMNLP).
 */
export function calibrationErrorEqualCount(
  probabilities: Float64Array,
  happened: ArrayLike<number>,
  bins = 10,
): number {
  const count = probabilities.length;
  const order = ascendingOrder(probabilities);
  let [sum, from] = [0, 0];
  for (let bin = 0; bin < bins; bin++) {
    const to = from + Math.floor(count / bins) + Number(bin < count % bins);
    let gap = 0;
    for (let i = from; i < to; i++) gap += probabilities[order[i]!]! - happened[order[i]!]!;
    sum += Math.abs(gap);
    from = to;
  }
  return sum / count;
}

/** [0, 1/bins), ..., the last one with 1. */
export function binOf(probability: number, bins: number): number {
  return Math.min(bins - 1, Math.floor(probability * bins));
}
