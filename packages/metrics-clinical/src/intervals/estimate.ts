import type { Figure } from '../evaluation/evaluation.js';
import { influencePart, varianceOf, type Influence } from './influence.js';
import { wald, type Interval } from './normal.js';
import type { Patients } from './patients.js';
import { wilson } from './wilson.js';

/** A figure, and what it takes to compare it with the same figure of another model on the same patients. */
export interface Estimate {
  readonly figure: Figure;
  /** Made when it is asked for: kept for each figure it would take more memory than the records. */
  readonly influence?: (() => Influence) | undefined;
  /** [draws] of a bootstrap; NaN where it was not defined for a draw. */
  readonly draws?: Float64Array | undefined;
}

export type Estimates = Readonly<Record<string, Estimate>>;

/** @param because as the end of a sentence */
export function notDefined(because: string): Estimate {
  return { figure: { value: null, interval: null, because } };
}

export function withoutInterval(value: number, because: string): Estimate {
  return { figure: { value, interval: null, because } };
}

export const noRecords = 'there are no records';
export const tooFewPatients = 'fewer than two patients have such records';

/**
 * A share among some of the records, with Wilson's interval. Where a patient has several of them, the interval is that of
 * the effective number of records, share (1 - share) / its cluster-robust variance, at most as many as there are (Rao and Scott
 * 1992, Biometrics 48:577; Korn and Graubard 1998, Surv. Methodol. 24:193). Where all are alike, which tells nothing of
 * how alike a patient's are, the number is that of patients.
 *
 * @param among [records] 1 for those that it is a share of
 * @param has [records] 1 for those that count
 * @param none why there is no share where `among` is none
 */
export function share(patients: Patients, among: Uint8Array, has: Uint8Array, none: string): Estimate {
  let total = 0;
  let hits = 0;
  for (let i = 0; i < among.length; i++) {
    total += among[i]!;
    hits += among[i]! & has[i]!;
  }
  if (total === 0) return notDefined(none);
  const value = hits / total;
  const influence = () => [influencePart(patients, (i) => (among[i] ? (has[i]! - value) / total : undefined))];
  const interval = wilson(value, patients.clustered ? effective(value, total, influence()) : total);
  return { figure: { value, interval, method: 'wilson' }, influence };
}

function effective(value: number, total: number, influence: Influence): number {
  const variance = varianceOf(influence);
  return variance ? Math.min(total, (value * (1 - value)) / variance) : influence[0]!.patients;
}

/**
 * The mean over records, with the normal interval from its cluster-robust variance.
 * @param within what a mean of such values can be
 */
export function mean(patients: Patients, of: (record: number) => number, within?: Interval): Estimate {
  const n = patients.of.length;
  if (n === 0) return notDefined(noRecords);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += of(i);
  const value = sum / n;
  const influence = () => [influencePart(patients, (i) => (of(i) - value) / n)];
  const variance = varianceOf(influence());
  if (variance === undefined) return withoutInterval(value, tooFewPatients);
  return { figure: { value, interval: wald(value, variance, within), method: 'wald' }, influence };
}

/** The figures alone, as an `Evaluation` has them. */
export function figuresOf(estimates: Estimates): Record<string, Figure> {
  return Object.fromEntries(Object.entries(estimates).map(([name, { figure }]) => [name, figure]));
}
