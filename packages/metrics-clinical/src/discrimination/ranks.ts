/** Records in descending order of their scores, where equal ones stand together. */
export interface Ranked {
  /** [count] records */
  readonly order: Uint32Array;
  /** Where each group of equal scores ends, ascending; the last is the count. */
  readonly ends: Uint32Array;
}

/** @param scores [count] finite */
export function ranked(scores: ArrayLike<number>): Ranked {
  const n = scores.length;
  // Sorting numbers is several times as fast as sorting records by a comparison.
  const sorted = Float64Array.from({ length: n }, (_, i) => -scores[i]!).sort();
  const starts = new Map<number, number>();
  const ends: number[] = [];
  for (let i = 0; i < n; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) starts.set(-sorted[i]!, i);
    if (i === n - 1 || sorted[i] !== sorted[i + 1]) ends.push(i + 1);
  }
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    const score = scores[i]! + 0; // -0 and 0 are one key of a Map
    const at = starts.get(score)!;
    order[at] = i;
    starts.set(score, at + 1);
  }
  return { order, ends: Uint32Array.from(ends) };
}
