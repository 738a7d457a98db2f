/** Where a number is looked for, and how closely. */
export interface SearchRange {
  /** > 0 */
  readonly minimum: number;
  /** Finite, above `minimum`. */
  readonly maximum: number;
  /** The answer is at most this factor, less one, above the least number: 1e-6 for six digits. */
  readonly relativeTolerance: number;
}

/**
 * The least number at which a condition holds that, once true, stays true for all larger ones. The condition has
 * been seen to hold at the number returned: it errs upwards only.
 *
 * @returns `minimum` where the condition holds from there on, undefined where it does not hold at `maximum`
 */
export function leastNumber(holds: (x: number) => boolean, range: SearchRange): number | undefined {
  const { minimum, maximum, relativeTolerance } = range;
  let low: number;
  let high = Math.min(Math.max(1, minimum), maximum);
  if (holds(high)) {
    for (;;) {
      if (high === minimum) return minimum;
      low = Math.max(minimum, high / 2);
      if (!holds(low)) break;
      high = low;
    }
  } else {
    do {
      if (high === maximum) return undefined;
      low = high;
      high = Math.min(maximum, high * 2);
    } while (!holds(high));
  }
  while (high - low > relativeTolerance * low) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break; // no double lies between
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
