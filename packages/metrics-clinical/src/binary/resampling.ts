import { agreement } from '../agreement/confusion.js';
import { rounding } from '../discrimination/roc.js';
import { drawPatients, drawsFor, type BootstrapOptions } from '../intervals/bootstrap.js';
import { noRecords, type Estimate } from '../intervals/estimate.js';
import { drawParts, resampled, samplesFor } from '../intervals/subsampling.js';
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
  mcc: noRecords,
  kappa: 'only one class occurs and is predicted',
  auprc: 'class 1 does not occur',
  sensitivityAtSpecificity: oneClass,
  specificityAtSensitivity: oneClass,
};

/**
 * By bootstrap, with weights in place of copies, or of many patients on samples of them: one pass over sorted records a draw, or
 * over all samples.
 * @param operatingPoint sensitivity is told at this specificity, and the reverse
 */
export function resampledFigures(
  records: BinaryRecords,
  operatingPoint: number,
  options: BootstrapOptions,
): Record<keyof ResampledFigures, Estimate> {
  const { patients, positives, count } = records;
  const used = drawsFor(count, options);
  const samples = samplesFor(patients.count, Math.min(positives, count - positives) / count, options);
  const sorted = sortedRecords(records);
  const passed = { truePositives: new Uint32Array(count), falsePositives: new Uint32Array(count) };
  const value = weighted(sorted, new Uint8Array(patients.count).fill(1), operatingPoint, passed);
  const draws = Object.fromEntries(
    names.map((name) => [name, new Float64Array(samples?.count ?? used.draws)]),
  ) as Record<keyof ResampledFigures, Float64Array>;
  const keep = (own: ResampledFigures, draw: number) => {
    for (const name of names) draws[name][draw] = own[name] ?? NaN;
  };
  if (samples)
    drawParts(samples, (partOf, first, parts) =>
      inParts(sorted, partOf, parts).forEach((part, k) =>
        keep(weighted(part, once, operatingPoint, passed), first + k),
      ),
    );
  else
    drawPatients(patients.count, used, (weights, draw) =>
      keep(weighted(sorted, weights, operatingPoint, passed), draw),
    );
  return Object.fromEntries(
    names.map((name) => [name, resampled(value[name], draws[name], none[name], signed.includes(name), samples)]),
  ) as Record<keyof ResampledFigures, Estimate>;
}

const signed: readonly string[] = ['mcc', 'kappa'];
const once = Uint8Array.of(1);

/** Records by descending score, in arrays that a pass reads from front to back. */
interface SortedRecords {
  readonly patient: Uint32Array;
  /** 2 label + called: where it stands in the confusion matrix. */
  readonly cell: Uint8Array;
  /** 1 at the last record of equal scores. */
  readonly last: Uint8Array;
}

function sortedRecords({ order, patients, labels, called, scores, count }: BinaryRecords): SortedRecords {
  return {
    patient: Uint32Array.from(order, (i) => patients.of[i]!),
    cell: Uint8Array.from(order, (i) => 2 * labels[i]! + called[i]!),
    last: Uint8Array.from(order, (i, place) => Number(place === count - 1 || scores[order[place + 1]!] !== scores[i])),
  };
}

/** The records of each part's patients, sorted as all are; each patient is taken once, and stands as number 0. */
function inParts({ patient, cell, last }: SortedRecords, partOf: Uint16Array, parts: number): SortedRecords[] {
  const starts = new Uint32Array(parts + 1);
  for (const one of patient) if (partOf[one]! < parts) starts[partOf[one]! + 1]!++;
  for (let part = 0; part < parts; part++) starts[part + 1]! += starts[part]!;
  const ends = starts.slice();
  const cells = new Uint8Array(starts[parts]!);
  const lasts = new Uint8Array(cells.length);
  const ties = new Uint32Array(parts); // number of the score of each part's latest record, from 1 on
  for (let i = 0, tie = 1; i < patient.length; i++) {
    const part = partOf[patient[i]!]!;
    if (part < parts) {
      const place = ends[part]!++;
      if (ties[part] === tie) lasts[place - 1] = 0;
      ties[part] = tie;
      cells[place] = cell[i]!;
      lasts[place] = 1;
    }
    if (last[i]) tie++;
  }
  const nobody = new Uint32Array(cells.length);
  return Array.from({ length: parts }, (_, part) => {
    const [from, to] = [starts[part]!, starts[part + 1]!];
    return { patient: nobody.subarray(from, to), cell: cells.subarray(from, to), last: lasts.subarray(from, to) };
  });
}

/** Goes through them once; `passed` is room for what it notes of each distinct score. */
function weighted(
  { patient, cell, last }: SortedRecords,
  weights: Uint8Array,
  operatingPoint: number,
  passed: Passed,
): ResampledFigures {
  const count = cell.length;
  const cells = new Float64Array(4);
  let [all, truePositives, before, precisions, steps] = [0, 0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const weight = weights[patient[i]!]!;
    const own = cell[i]!;
    cells[own]! += weight;
    all += weight;
    if (own > 1) truePositives += weight;
    if (!last[i]) continue;
    if (truePositives > before) precisions += ((truePositives - before) * truePositives) / all;
    before = truePositives;
    passed.truePositives[steps] = truePositives;
    passed.falsePositives[steps++] = all - truePositives;
  }
  const negatives = cells[0]! + cells[1]!;
  const positives = cells[2]! + cells[3]!;
  const both = positives > 0 && negatives > 0;
  // The last step with few enough false positives, and the first with enough true ones.
  const few = firstAbove(passed.falsePositives, steps, (1 - operatingPoint) * negatives + rounding) - 1;
  const enough = firstAbove(passed.truePositives, steps, operatingPoint * positives - rounding);
  return {
    ...agreement(cells, 2),
    auprc: positives > 0 ? precisions / positives : null,
    sensitivityAtSpecificity: both ? (few < 0 ? 0 : passed.truePositives[few]! / positives) : null,
    specificityAtSensitivity: both ? 1 - passed.falsePositives[enough]! / negatives : null,
  };
}

interface Passed {
  readonly truePositives: Uint32Array;
  readonly falsePositives: Uint32Array;
}

/** Of ascending values the first one above a bound, by halving. */
function firstAbove(values: Uint32Array, count: number, bound: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! > bound) high = middle;
    else low = middle + 1;
  }
  return low;
}
