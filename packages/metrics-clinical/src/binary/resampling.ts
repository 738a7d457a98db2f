import { agreement } from '../agreement/confusion.js';
import { rounding } from '../discrimination/roc.js';
import { bootstrapped, drawPatients, drawsFor, type BootstrapOptions } from '../intervals/bootstrap.js';
import type { Estimate } from '../intervals/estimate.js';
import { oneClass, type BinaryRecords } from './records.js';

/** Figures of two classes whose error has no closed form that holds its level: by bootstrap over patients. */
export interface ResampledFigures {
  readonly balancedAccuracy: number | null;
  readonly f1: number | null;
  readonly mcc: number | null;
  readonly kappa: number | null;
  readonly auprc: number | null;
  readonly sensitivityAtSpecificity: number | null;
  readonly specificityAtSensitivity: number | null;
}

const names = [
  'balancedAccuracy',
  'f1',
  'mcc',
  'kappa',
  'auprc',
  'sensitivityAtSpecificity',
  'specificityAtSensitivity',
] as const;

/** Why one of them is not defined. */
const none: Record<keyof ResampledFigures, string> = {
  balancedAccuracy: oneClass,
  f1: 'class 1 neither occurs nor is predicted',
  mcc: 'only one class occurs or is predicted',
  kappa: 'only one class occurs and is predicted',
  auprc: 'class 1 does not occur',
  sensitivityAtSpecificity: oneClass,
  specificityAtSensitivity: oneClass,
};

/**
 * One pass over the sorted records a draw, with weights in place of copies: O(records) each.
 * @param operatingPoint sensitivity is told at this specificity, and the reverse
 */
export function resampledFigures(
  records: BinaryRecords,
  operatingPoint: number,
  options: BootstrapOptions,
): Record<keyof ResampledFigures, Estimate> {
  const sorted = sortedRecords(records);
  const { patients } = records;
  const used = drawsFor(records.count, options);
  const value = weighted(sorted, new Uint16Array(patients.count).fill(1), operatingPoint);
  const draws = Object.fromEntries(names.map((name) => [name, new Float64Array(used.draws)])) as Record<
    keyof ResampledFigures,
    Float64Array
  >;
  drawPatients(patients.count, used, (weights, draw) => {
    const own = weighted(sorted, weights, operatingPoint);
    for (const name of names) draws[name][draw] = own[name] ?? NaN;
  });
  return Object.fromEntries(
    names.map((name) => [name, bootstrapped(value[name], draws[name], none[name], name === 'mcc' || name === 'kappa' ? [-1, 1] : [0, 1])]),
  ) as Record<keyof ResampledFigures, Estimate>;
}

/** Records by descending score, in arrays that a pass reads from front to back. */
interface SortedRecords {
  readonly patient: Uint32Array;
  readonly label: Uint8Array;
  /** 2 label + called: where it stands in the confusion matrix. */
  readonly cell: Uint8Array;
  /** 1 at the last record of equal scores. */
  readonly last: Uint8Array;
}

function sortedRecords({ order, patients, labels, called, scores, count }: BinaryRecords): SortedRecords {
  return {
    patient: Uint32Array.from(order, (i) => patients.of[i]!),
    label: Uint8Array.from(order, (i) => labels[i]!),
    cell: Uint8Array.from(order, (i) => 2 * labels[i]! + called[i]!),
    last: Uint8Array.from(order, (i, place) => Number(place === count - 1 || scores[order[place + 1]!] !== scores[i])),
  };
}

function weighted(
  { patient, label, cell, last }: SortedRecords,
  weights: Uint16Array,
  operatingPoint: number,
): ResampledFigures {
  const count = label.length;
  const cells = new Float64Array(4);
  for (let i = 0; i < count; i++) cells[cell[i]!]! += weights[patient[i]!]!;
  const negatives = cells[0]! + cells[1]!;
  const positives = cells[2]! + cells[3]!;
  const mostFalse = (1 - operatingPoint) * negatives + rounding;
  const enoughTrue = operatingPoint * positives - rounding;
  let [all, truePositives, before, precisions, sensitive] = [0, 0, 0, 0, 0];
  let specific = -1;
  for (let i = 0; i < count; i++) {
    const weight = weights[patient[i]!]!;
    all += weight;
    if (label[i]) truePositives += weight;
    if (!last[i]) continue;
    if (truePositives > before) precisions += ((truePositives - before) * truePositives) / all;
    before = truePositives;
    if (all - truePositives <= mostFalse) sensitive = truePositives;
    if (specific < 0 && truePositives >= enoughTrue) specific = negatives - (all - truePositives);
  }
  const both = positives > 0 && negatives > 0;
  return {
    ...agreement(cells, 2),
    auprc: positives > 0 ? precisions / positives : null,
    sensitivityAtSpecificity: both ? sensitive / positives : null,
    specificityAtSensitivity: both ? specific / negatives : null,
  };
}
