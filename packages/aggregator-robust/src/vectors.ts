/** L2 norm of [size], in float64. */
export function normOf(values: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i]! * values[i]!;
  return Math.sqrt(squares);
}

/** Squared L2 distance of two of the same size, in float64. */
export function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += (a[i]! - b[i]!) ** 2;
  return squares;
}

/** L2 distance of two of the same size, in float64. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.sqrt(squaredDistance(a, b));
}

/** `to` + factor `values`, in place. */
export function addScaled(to: Float64Array, factor: number, values: ArrayLike<number>): void {
  for (let i = 0; i < to.length; i++) to[i]! += factor * values[i]!;
}

/** The plain mean of n >= 1 of the same size. */
export function plainMean(all: readonly ArrayLike<number>[]): Float64Array {
  const mean = new Float64Array(all[0]!.length);
  for (const values of all) addScaled(mean, 1 / all.length, values);
  return mean;
}

/** The middle one of n >= 1 numbers, or the mean of the middle two. */
export function medianOf(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return middle(sorted);
}

/** Of numbers that are in order. */
export function middle(sorted: ArrayLike<number>): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/**
 * Each coordinate's n values, in order, one coordinate after the other.
 * @param visit given an array that is written to again
 */
export function eachCoordinate(
  all: readonly ArrayLike<number>[],
  visit: (sorted: Float64Array, coordinate: number) => void,
): void {
  const column = new Float64Array(all.length);
  for (let j = 0; j < all[0]!.length; j++) {
    for (let i = 0; i < all.length; i++) column[i] = all[i]![j]!;
    visit(column.sort(), j);
  }
}
