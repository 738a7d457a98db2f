import { FedwardError } from '@fedward/core';

/** Times of records and whether they end with an event, in the order of time. */
export interface SurvivalTimes {
  readonly count: number;
  /** [count]: > 0 */
  readonly time: Float64Array;
  /** [count]: 1 for an event, 0 where the record is censored. */
  readonly event: Uint8Array;
  /** [count]: positions of records by ascending time; of one time the events first, as who is censored outlived them. */
  readonly order: Uint32Array;
}

/**
 * @param labels [count]: times of events, negative where censored
 * @throws {FedwardError} DATA_EMPTY for no record; LABEL_INVALID for a time that is 0 or not finite
 */
export function survivalTimes(labels: ArrayLike<number>): SurvivalTimes {
  const count = labels.length;
  if (count === 0) throw new FedwardError('DATA_EMPTY', 'there is no record to evaluate', 'labels');
  const time = new Float64Array(count);
  const event = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const label = labels[i]!;
    if (!Number.isFinite(label) || label === 0)
      throw new FedwardError('LABEL_INVALID', `the time of record ${i} is ${label}`, 'labels');
    time[i] = Math.abs(label);
    event[i] = Number(label > 0);
  }
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => time[a]! - time[b]! || event[b]! - event[a]!,
  );
  return { count, time, event, order };
}

/** Records of one time: positions `from` to `to` of the order, the events those before `censored`. */
export interface Tie {
  readonly time: number;
  readonly from: number;
  readonly censored: number;
  readonly to: number;
}

/** The times at which something happened, ascending. */
export function* tiesOf({ count, time, event, order }: SurvivalTimes): Generator<Tie> {
  for (let from = 0; from < count;) {
    const here = time[order[from]!]!;
    let censored = from;
    while (censored < count && time[order[censored]!] === here && event[order[censored]!] === 1) censored++;
    let to = censored;
    while (to < count && time[order[to]!] === here) to++;
    yield { time: here, from, censored, to };
    from = to;
  }
}

/** How many of the ascending times are at or before this one. */
export function upTo(times: ArrayLike<number>, time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
