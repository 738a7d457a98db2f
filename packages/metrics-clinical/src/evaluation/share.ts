import { cellOf, cells, gradientOf, type CountFigure, type Counts } from '../classification/counts.js';
import { figureOf, undefinedFigure, type Scale } from '../influence/figure.js';
import { jackknifeVariance, type Patients } from '../influence/influence.js';
import { wilson } from '../intervals/wilson.js';
import type { Figure } from './evaluation.js';

/** Records by label and by what they are called. */
export interface Called {
  readonly labels: ArrayLike<number>;
  /** [count] whether a record is called class 1. */
  readonly called: Uint8Array;
  readonly counts: Counts;
  readonly patients: Patients;
}

/** What a figure of counts moves by with each record; undefined where it moves with none. */
export function influencesOf(figure: CountFigure, { labels, called, counts }: Called): Float64Array | undefined {
  const gradient = gradientOf(figure, counts);
  if (!gradient || cells.every((cell) => gradient[cell] === 0)) return undefined;
  return Float64Array.from(called, (one, i) => gradient[cellOf(labels[i]!, one === 1)]);
}

/**
 * A share of records with Wilson's interval. Where patients have several records, these count for as many independent ones
 * as their spread between patients says (the design effect of Kish 1965, at least 1; Rao and Scott 1992, Biometrics 48:577).
 *
 * @param successes of `records`
 * @param influences of the share
 */
export function shareFigure(
  successes: number,
  records: number,
  influences: Float64Array | undefined,
  patients: Patients,
): Figure {
  if (records === 0) return undefinedFigure('there is no record that it is a share of');
  const value = successes / records;
  const repeated = patients.of !== undefined && patients.count < patients.of.length;
  const independent = repeated ? effective(value, records, influences, patients) : records;
  return { value, interval: wilson(value * independent, independent), method: 'wilson' };
}

function effective(value: number, records: number, influences: Float64Array | undefined, patients: Patients): number {
  const expected = (value * (1 - value)) / records;
  const found = influences ? jackknifeVariance(influences, patients) : 0;
  // All or none: nothing is seen of how records hang together, and no more than patients are independent.
  if (!(expected > 0) || !(found > 0)) return Math.min(records, patients.count);
  return records / Math.max(1, found / expected);
}

/** Another figure of counts, with Wald's interval. */
export function countFigure(figure: CountFigure, called: Called, scale: Scale, because: string): Figure {
  const value = figure(called.counts);
  if (value === undefined) return undefinedFigure(because);
  const influences = influencesOf(figure, called);
  if (!influences) return { value, interval: null, because: 'these records do not differ in what it is made of' };
  return figureOf(value, influences, called.patients, scale);
}
