import { assertThat } from '@fedward/core';
import { survivalTimes, tiesOf } from './times.js';

/** Pairs of records of which one is known to have had its event first. */
export interface PairSums {
  /** [count]: weights of the pairs that a record is in and that are in the right order; equal scores count half. */
  readonly concordant: Float64Array;
  /** [count]: weights of all pairs that a record is in. */
  readonly pairs: Float64Array;
  /** Of all pairs, each once. */
  readonly total: number;
  /** The share of `total` in the right order; undefined without a pair. */
  readonly index: number | undefined;
}

/**
 * Which pairs there are is said at `concordanceIndex`; here each is weighted by the record that had its event first, and
 * told for each record, in O(n log n).
 *
 * @param scores [count] finite, larger for an earlier event
 * @param labels [count] times, negative where censored
 * @param weights [count]: of pairs whose first event is this record's; 0: none. Default: 1
 * @throws {FedwardError} as `concordanceIndex`
 */
export function pairSums(scores: ArrayLike<number>, labels: ArrayLike<number>, weights?: Float64Array): PairSums {
  const records = survivalTimes(labels);
  const { count, order } = records;
  assertThat(scores.length === count, 'scores', `there are ${scores.length} scores for ${count} times`);
  for (let i = 0; i < count; i++)
    assertThat(Number.isFinite(scores[i]), 'scores', `the score of record ${i} is ${scores[i]}`);
  const rank = ranksOf(scores);
  const weightOf = (i: number): number => weights?.[i] ?? 1;
  const [concordant, pairs] = [new Float64Array(count), new Float64Array(count)];
  const ties = [...tiesOf(records)];

  // As the first of a pair, from the last time on: who is censored at a time outlived the events of it.
  const later = new RankSums(count);
  let [right, total] = [0, 0];
  for (const { from, censored, to } of ties.toReversed()) {
    for (let place = censored; place < to; place++) later.add(rank[order[place]!]!, 1);
    for (let place = from; place < censored; place++) {
      const i = order[place]!;
      const lower = later.upTo(rank[i]! - 1);
      concordant[i] = weightOf(i) * (lower + (later.upTo(rank[i]!) - lower) / 2);
      pairs[i] = weightOf(i) * later.total;
      right += concordant[i]!;
      total += pairs[i]!;
    }
    for (let place = from; place < censored; place++) later.add(rank[order[place]!]!, 1);
  }

  // As the other, from the first time on.
  const earlier = new RankSums(count);
  const meet = (i: number): void => {
    const [lower, upToEqual] = [earlier.upTo(rank[i]! - 1), earlier.upTo(rank[i]!)];
    concordant[i]! += earlier.total - upToEqual + (upToEqual - lower) / 2;
    pairs[i]! += earlier.total;
  };
  for (const { from, censored, to } of ties) {
    for (let place = from; place < censored; place++) meet(order[place]!);
    for (let place = from; place < censored; place++) earlier.add(rank[order[place]!]!, weightOf(order[place]!));
    for (let place = censored; place < to; place++) meet(order[place]!);
  }
  return { concordant, pairs, total, index: total === 0 ? undefined : right / total };
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

/** Sums of weights up to a rank, each in O(log n) (Fenwick 1994, Softw. Pract. Exp. 24:327). */
class RankSums {
  readonly #sums: Float64Array;
  total = 0;

  constructor(ranks: number) {
    this.#sums = new Float64Array(ranks + 1);
  }

  add(rank: number, weight: number): void {
    this.total += weight;
    for (let i = rank; i < this.#sums.length; i += i & -i) this.#sums[i]! += weight;
  }

  upTo(rank: number): number {
    let sum = 0;
    for (let i = rank; i > 0; i -= i & -i) sum += this.#sums[i]!;
    return sum;
  }
}
