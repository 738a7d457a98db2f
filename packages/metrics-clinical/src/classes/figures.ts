import { smallest } from '@fedward/core';
import { agreement, confusionCounts } from '../agreement/confusion.js';
import { biased, binaryFigures } from '../binary/figures.js';
import { recordsOfTwo, type BinaryRecords } from '../binary/records.js';
import { calibrationError } from '../calibration/error.js';
import { areaInfluence, structuralComponents } from '../discrimination/delong.js';
import type { Figures } from '../evaluation/evaluation.js';
import { drawPatients, drawsFor, type BootstrapOptions } from '../intervals/bootstrap.js';
import {
  figuresOf,
  mean,
  noRecords,
  notDefined,
  share,
  tooFewPatients,
  withoutInterval,
  type Estimate,
  type Estimates,
} from '../intervals/estimate.js';
import { varianceOf } from '../intervals/influence.js';
import { logitWald } from '../intervals/normal.js';
import type { Patients } from '../intervals/patients.js';
import { drawParts, resampled, samplesFor } from '../intervals/subsampling.js';

/** Records of more than two classes. */
export interface ClassRecords {
  readonly count: number;
  readonly classes: number;
  /** [count, classes] of each class against all others. */
  readonly logOdds: Float64Array;
  /** [count, classes] */
  readonly probabilities: Float64Array;
  /** [count] */
  readonly labels: Uint32Array;
  /** [count] */
  readonly predicted: Uint32Array;
  readonly patients: Patients;
}

/** One class against the rest: called that where it is the one that is predicted. */
export function oneAgainstRest(records: ClassRecords, one: number): BinaryRecords {
  const { classes, logOdds, probabilities, labels, predicted, patients } = records;
  const column = (of: Float64Array) => Float64Array.from(labels, (_, i) => of[i * classes + one]!);
  return recordsOfTwo(
    column(logOdds),
    column(probabilities),
    Uint8Array.from(labels, (y) => Number(y === one)),
    Uint8Array.from(predicted, (c) => Number(c === one)),
    patients,
  );
}

/** Each class against the rest: what doesn't need a threshold of its own. */
export function figuresByClass(
  against: readonly BinaryRecords[],
  names: readonly string[],
  options: { readonly operatingPoint: number; readonly bootstrap: BootstrapOptions },
): Record<string, Figures> {
  return Object.fromEntries(
    against.map((records, one): [string, Figures] => {
      const { netBenefit: _, ...figures } = figuresOf(binaryFigures(records, { ...options, threshold: 0.5 }));
      return [names[one]!, figures];
    }),
  );
}

/** Of all classes together: `auroc`, `auprc`, `f1` and `balancedAccuracy` are means over classes (macro). */
export function classFigures(
  records: ClassRecords,
  against: readonly BinaryRecords[],
  byClass: Readonly<Record<string, Figures>>,
  bootstrap: BootstrapOptions,
): Estimates {
  const { count, classes, probabilities, labels, predicted, patients } = records;
  const own = (i: number) => probabilities[i * classes + labels[i]!]!;
  const right = Uint8Array.from(labels, (y, i) => Number(y === predicted[i]));
  const top = Float64Array.from(predicted, (c, i) => probabilities[i * classes + c]!);
  const precisions = Object.values(byClass).map(({ auprc }) => auprc!.value);
  return {
    auroc: macroArea(against),
    auprc: precisions.includes(null)
      ? notDefined('a class does not occur')
      : withoutInterval(meanOf(precisions as number[]), 'it is given by class'),
    accuracy: share(patients, new Uint8Array(count).fill(1), right, noRecords),
    ...agreements(records, bootstrap),
    // Summed over classes, as Brier (1950) has it: from 0 to 2.
    brier: mean(
      patients,
      (i) => {
        let squares = 1 - 2 * own(i);
        for (let k = 0; k < classes; k++) squares += probabilities[i * classes + k]! ** 2;
        return squares;
      },
      [0, 2],
    ),
    logLoss: mean(patients, (i) => logLossOf(records, i), [0, Infinity]),
    ece: withoutInterval(calibrationError(top, right), biased),
  };
}

/** -log p of the class that it was, from its log-odds: log(1 + e^-x). */
function logLossOf({ logOdds, classes, labels }: ClassRecords, i: number): number {
  const x = -logOdds[i * classes + labels[i]!]!;
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

function macroArea(against: readonly BinaryRecords[]): Estimate {
  const components = against.map(structuralComponents);
  if (components.includes(undefined)) return notDefined('a class does not occur');
  const value = meanOf(components.map((one) => one!.area));
  // Classes share records: their influences are summed by patient before they are squared.
  const influence = () => {
    const parts = components.map((one, k) => areaInfluence(against[k]!, one!));
    const total = new Float64Array(against[0]!.patients.count);
    for (const [positive, negative] of parts)
      for (let i = 0; i < total.length; i++)
        total[i]! += (positive!.values[i]! + negative!.values[i]!) / against.length;
    return [{ values: total, patients: total.length }];
  };
  const variance = varianceOf(influence());
  if (variance === undefined) return withoutInterval(value, tooFewPatients);
  if (variance === 0 || value === 1 || value === 0)
    return withoutInterval(value, 'the scores part the classes without a fault, which tells nothing of its error');
  return { figure: { value, interval: logitWald(value, variance), method: 'delong' }, influence };
}

function agreements(
  { labels, predicted, classes, patients, count }: ClassRecords,
  bootstrap: BootstrapOptions,
): Estimates {
  const names = ['balancedAccuracy', 'f1', 'mcc', 'kappa'] as const;
  const options = drawsFor(count, bootstrap);
  const matrix = confusionCounts(labels, predicted, classes);
  const value = agreement(matrix, classes);
  const rarer = smallest(truths(matrix, classes)) / count;
  const samples = samplesFor(patients.count, rarer, bootstrap);
  const draws = names.map(() => new Float64Array(samples?.count ?? options.draws));
  const keep = (counts: Float64Array, draw: number) => {
    const drawn = agreement(counts, classes);
    names.forEach((name, k) => (draws[k]![draw] = drawn[name] ?? NaN));
  };
  const size = classes * classes;
  const cell = Uint32Array.from(labels, (y, i) => y * classes + predicted[i]!);
  if (samples) {
    const counts = new Float64Array(samples.parts * size);
    drawParts(samples, (partOf, first, used) => {
      counts.fill(0);
      for (let i = 0; i < count; i++) counts[partOf[patients.of[i]!]! * size + cell[i]!]!++;
      for (let part = 0; part < used; part++) keep(counts.subarray(part * size, (part + 1) * size), first + part);
    });
  } else {
    const counts = new Float64Array(size);
    drawPatients(patients.count, options, (weights, draw) => {
      counts.fill(0);
      for (let i = 0; i < count; i++) counts[cell[i]!]! += weights[patients.of[i]!]!;
      keep(counts, draw);
    });
  }
  const none = 'a class does not occur, or only one is predicted';
  return Object.fromEntries(
    names.map((name, k) => [
      name,
      resampled(value[name], draws[k]!, none, name === 'mcc' || name === 'kappa', samples),
    ]),
  );
}

/** [classes] records of each. */
function truths(counts: Float64Array, classes: number): number[] {
  return Array.from({ length: classes }, (_, k) =>
    counts.subarray(k * classes, (k + 1) * classes).reduce((sum, own) => sum + own, 0),
  );
}

function meanOf(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
