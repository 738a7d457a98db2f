import type { Json } from '@fedward/core';
import type { Evaluation } from '@fedward/metrics-clinical';

/** Settings of a plan by their keys, as paths with dots. */
export type ChosenSettings = Readonly<Record<string, Json>>;

/** One federation of a validation, and what its model came to on records that it had not seen. */
export interface ValidationFold {
  /** For people: `fold 2 of 5`, or the hospital that was left out. */
  readonly name: string;
  /** The hospital that was left out; absent where patients of all hospitals were. */
  readonly hospital?: string;
  /** Who trained. A patient without an id is counted by the record. */
  readonly trainedOn: { readonly hospitals: number; readonly records: number; readonly patients: number };
  /** SHA-256 of the fold's own weights, hexadecimal. */
  readonly model: string;
  /** On the records that took no part, without curves. Null where the fold came to nothing. */
  readonly evaluation: Evaluation | null;
  /** Why it came to nothing. */
  readonly failure?: string;
  /** With `--choose`: what was chosen for this fold, on its own training records alone. */
  readonly chosen?: ChosenSettings;
}

/** A figure over folds. */
export interface FigureSpread {
  /** Number of folds in which it is defined. */
  readonly folds: number;
  readonly mean: number;
  /** With n - 1; null for a single fold. Not a standard error: folds share most of their training records. */
  readonly standardDeviation: number | null;
  readonly smallest: number;
  readonly largest: number;
}

/**
 * How models that were made as this run's was do on records that they had not seen. The run's own model, which all
 * hospitals trained, is none of them.
 */
export interface ValidationResult {
  readonly schemaVersion: 1;
  readonly kind: 'kfold' | 'leave-one-hospital-out';
  /** One after the other: folds in order, or the hospitals that were left out in theirs. */
  readonly folds: readonly ValidationFold[];
  /** Of all folds' predictions together, each record predicted once by the model that had not seen it; with curves. */
  readonly pooled: Evaluation | null;
  /** The same predictions by the hospital whose record it is; for `kfold`, where `folds` says nothing of hospitals. */
  readonly byHospital?: readonly { readonly hospital: string; readonly evaluation: Evaluation | null }[];
  /** Figures by name. */
  readonly spread: Readonly<Record<string, FigureSpread>>;
  /** What it shows and what not, how features were prepared, what it would cost in privacy: sentences. */
  readonly words: readonly string[];
}

/** One combination of a declared grid. */
export interface ChoiceRow {
  readonly settings: ChosenSettings;
  /** Null where training came to nothing. */
  readonly score: number | null;
  readonly failure?: string;
}

/** Settings that were chosen from a declared grid, on training parts alone (`--choose`). */
export interface ChoiceResult {
  readonly schemaVersion: 1;
  /** A metric's name: `loss`, `rootMeanSquaredError`, `cIndex`. */
  readonly score: string;
  readonly better: 'lower' | 'higher';
  /** In the order of the grid, in which the first of equal ones is chosen. */
  readonly table: readonly ChoiceRow[];
  readonly chosen: ChosenSettings;
  /** How it was chosen: sentences. */
  readonly words: readonly string[];
}
