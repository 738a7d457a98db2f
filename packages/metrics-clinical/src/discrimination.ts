import { assertThat, FedwardError } from '@fedward/core';

/**
 * The share of records whose predicted class is the label.
 *
 * @param predicted [count] class numbers
 * @param labels [count] class numbers
 * @throws {FedwardError} DATA_EMPTY for no record, ARGUMENT_INVALID for unequal lengths
 */
export function accuracy(predicted: ArrayLike<number>, labels: ArrayLike<number>): number {
  assertPair('predicted', predicted, labels);
  let right = 0;
  for (let i = 0; i < labels.length; i++) if (predicted[i] === labels[i]) right++;
  return right / labels.length;
}

/**
 * Area under the receiver operating characteristic: the chance that a record of class 1 scores above one of
 * class 0, ties counting half. Computed as the Mann-Whitney U statistic from mid-ranks, U / (n1 n0) with
 * U = R1 - n1 (n1 + 1) / 2 and R1 the sum of the ranks of class 1 (Hanley and McNeil 1982, Radiology
 * 143:29-36). O(n log n).
 *
 * @param scores [count] finite, larger for class 1
 * @param labels [count] 0 or 1
 * @returns in [0, 1], or undefined where one of the classes is absent: there is no pair to compare then
 * @throws {FedwardError} DATA_EMPTY for no record; ARGUMENT_INVALID for unequal lengths or a score that is not
 * finite; LABEL_INVALID for a label other than 0 and 1
 */
export function auroc(scores: ArrayLike<number>, labels: ArrayLike<number>): number | undefined {
  assertPair('scores', scores, labels);
  const n = labels.length;
  let positives = 0;
  for (let i = 0; i < n; i++) {
    assertThat(Number.isFinite(scores[i]), 'scores', `the score of record ${i} is ${scores[i]}`);
    if (labels[i] !== 0 && labels[i] !== 1)
      throw new FedwardError('LABEL_INVALID', `the label of record ${i} is ${labels[i]}, not 0 or 1`, 'labels');
    positives += labels[i]!;
  }
  const negatives = n - positives;
  if (positives === 0 || negatives === 0) return undefined;

  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let rankSum = 0;
  for (let start = 0; start < n;) {
    let end = start;
    let positivesHere = 0;
    for (; end < n && scores[order[end]!] === scores[order[start]!]; end++) positivesHere += labels[order[end]!]!;
    rankSum += (positivesHere * (start + 1 + end)) / 2; // equal scores share the middle of ranks start+1..end
    start = end;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

function assertPair(name: string, values: ArrayLike<number>, labels: ArrayLike<number>): void {
  if (labels.length === 0) throw new FedwardError('DATA_EMPTY', 'there is no record to evaluate', 'labels');
  assertThat(values.length === labels.length, name, `there are ${values.length} ${name} for ${labels.length} labels`);
}
