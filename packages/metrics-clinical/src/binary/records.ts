import { descendingOrder } from '../order.js';
import { sigmoid } from '../outputs.js';
import { patientsOf, type Patients } from '../intervals/patients.js';

/** Records of two classes, and what a model said of each. */
export interface BinaryRecords {
  readonly count: number;
  /** [count] larger for class 1, finite or not; what ranks records. */
  readonly scores: Float64Array;
  /** [count] of class 1. */
  readonly probabilities: Float64Array;
  /** [count] 0 or 1 */
  readonly labels: Uint8Array;
  /** [count] 1 where the record is called class 1. */
  readonly called: Uint8Array;
  readonly patients: Patients;
  readonly positives: number;
  /** [count] records by descending score; made once, most figures need it. */
  readonly order: Uint32Array;
}

/**
 * @param scores [count] log-odds of class 1
 * @param threshold probability from which on a record is called class 1; absent: where class 1 is likelier than not,
 * which is a log-odds above 0, so that even odds are called class 0 as `predictedClasses` does
 */
export function binaryRecords(
  scores: Float64Array,
  labels: ArrayLike<number>,
  patientIds?: readonly string[],
  threshold?: number,
): BinaryRecords {
  const probabilities = scores.map(sigmoid);
  const called = Uint8Array.from(scores, (score, i) =>
    Number(threshold === undefined ? score > 0 : probabilities[i]! >= threshold),
  );
  return recordsOfTwo(scores, probabilities, labels, called, patientsOf(patientIds, labels.length));
}

export function recordsOfTwo(
  scores: Float64Array,
  probabilities: Float64Array,
  labels: ArrayLike<number>,
  called: Uint8Array,
  patients: Patients,
): BinaryRecords {
  const count = labels.length;
  const own = Uint8Array.from(labels);
  return {
    count,
    scores,
    probabilities,
    labels: own,
    called,
    patients,
    positives: own.reduce((sum, y) => sum + y, 0),
    order: descendingOrder(scores),
  };
}

/** Whether both classes occur; most of what compares them has no meaning otherwise. */
export function hasBoth({ count, positives }: BinaryRecords): boolean {
  return positives > 0 && positives < count;
}

export const oneClass = 'only one class occurs';

/**
 * Goes through the records from the highest score down, those with an equal score together.
 * @param each gets positions in `order`, from `start` to before `end`
 */
export function forEachTie(records: BinaryRecords, each: (start: number, end: number) => void): void {
  const { order, scores, count } = records;
  for (let start = 0, end = 0; start < count; start = end) {
    while (end < count && scores[order[end]!] === scores[order[start]!]) end++;
    each(start, end);
  }
}
