import { assertThat, FedwardError } from '@fedward/core';

/**
 * Harrell's concordance index (Harrell et al. 1982, JAMA 247:2543): of the pairs of records of which one is known to
 * have had its event first, the share in which that one has the higher score; equal scores count half.
 *
 * Which of two is first is known where the earlier time is an event. At equal times: an event and a censored record
 * are such a pair (who was censored had no event until then), two events are not, nor two that are censored. This is
 * how scikit-survival's `concordance_index_censored` counts. O(n log n).
 *
 * @param scores [count] finite, larger for an earlier event, such as log hazards
 * @param times [count] of the event, or negative where the record is censored; not 0
 * @returns in [0, 1], or undefined where there is no such pair
 * @throws {FedwardError} DATA_EMPTY for no record; ARGUMENT_INVALID for unequal lengths or a score that is not
 * finite; LABEL_INVALID for a time that is 0 or not finite
 */
export function concordanceIndex(scores: ArrayLike<number>, times: ArrayLike<number>): number | undefined {
  const n = times.length;
  if (n === 0) throw new FedwardError('DATA_EMPTY', 'there is no record to evaluate', 'times');
  assertThat(scores.length === n, 'scores', `there are ${scores.length} scores for ${n} times`);
  for (let i = 0; i < n; i++) {
    assertThat(Number.isFinite(scores[i]), 'scores', `the score of record ${i} is ${scores[i]}`);
    if (!Number.isFinite(times[i]) || times[i] === 0)
      throw new FedwardError('LABEL_INVALID', `the time of record ${i} is ${times[i]}`, 'times');
  }
  // From the last time to the first, the censored before the events of the same time: what has been gone through
  // is what an event is compared with, but for the events of its own time.
  const isEvent = (i: number) => times[i]! > 0;
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => Math.abs(times[b]!) - Math.abs(times[a]!) || Number(isEvent(a)) - Number(isEvent(b)),
  );
  const rank = ranksOf(scores);
  const later = new Counts(n);
  let pairs = 0;
  let concordant = 0;
  for (let start = 0, end = 0; start < n; start = end) {
    while (end < n && times[order[end]!] === times[order[start]!]) end++;
    const group = order.subarray(start, end);
    if (isEvent(group[0]!))
      for (const i of group) {
        const lower = later.upTo(rank[i]! - 1);
        pairs += later.total;
        concordant += lower + (later.upTo(rank[i]!) - lower) / 2;
      }
    for (const i of group) later.add(rank[i]!);
  }
  return pairs === 0 ? undefined : concordant / pairs;
}

/** [count] from 1 on; equal scores have the same. */
function ranksOf(scores: ArrayLike<number>): Uint32Array {
  const ranks = new Uint32Array(scores.length);
  const order = Uint32Array.from(ranks, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let rank = 0;
  order.forEach((i, place) => {
    if (place === 0 || scores[i] !== scores[order[place - 1]!]) rank++;
    ranks[i] = rank;
  });
  return ranks;
}

/** How many of each rank, and up to a rank, each in O(log n) (Fenwick 1994, Softw. Pract. Exp. 24:327). */
class Counts {
  readonly #sums: Uint32Array;
  total = 0;

  constructor(ranks: number) {
    this.#sums = new Uint32Array(ranks + 1);
  }

  add(rank: number): void {
    this.total++;
    for (let i = rank; i < this.#sums.length; i += i & -i) this.#sums[i]!++;
  }

  upTo(rank: number): number {
    let sum = 0;
    for (let i = rank; i > 0; i -= i & -i) sum += this.#sums[i]!;
    return sum;
  }
}
