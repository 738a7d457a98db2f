import { foldsOf, type Identified } from '@fedward/data-medical';
import type { TrainingData } from '@fedward/core';

/** Some of the folds that patients are parted into: one of so many. */
export interface OneOf {
  readonly folds: number;
  /** From 0 on. */
  readonly index: number;
}

/**
 * Which records a federation trains on, and which its model is tested on. Of a hospital's own split nothing is taken over but
 * where `outer` says so.
 */
export interface Fold {
  /** Who is tested on: one fold of each hospital's patients, a whole hospital, or the run's own test parts. */
  readonly outer: { readonly patients: OneOf } | { readonly hospital: string } | 'test parts';
  /** Of the patients who are left for training one fold is tested on, and whoever `outer` would test on takes no part. */
  readonly inner?: OneOf;
}

export type Place = 'train' | 'test' | 'out';

/** The records of one hospital, and by what they are parted. */
export interface Parted {
  readonly id: string;
  readonly records: Identified;
  /** Of each record whether the run itself tests on it. */
  readonly testing: () => readonly boolean[];
  /** The same for all hospitals, so that a patient with one id at two of them is in one fold. */
  readonly key: Uint8Array;
}

/** [count] the place of each record. All records of a patient have one, that of an outer hospital among them. */
export function placesIn({ outer, inner }: Fold, { id, records, testing, key }: Parted): Place[] {
  const tested = outerTest();
  if (!inner) return tested.map((is) => (is ? 'test' : 'train'));
  const innerFolds = foldsOf(records, { folds: inner.folds, key, purpose: 'choose' });
  return tested.map((is, row) => (is ? 'out' : innerFolds[row] === inner.index ? 'test' : 'train'));

  function outerTest(): readonly boolean[] {
    if (outer === 'test parts') return testing();
    if ('hospital' in outer) return Array.from({ length: records.count }, () => outer.hospital === id);
    const { folds, index } = outer.patients;
    return foldsOf(records, { folds, key, purpose: 'validate' }).map((fold) => fold === index);
  }
}

/** A hospital's records in a fold; a part that no record is in is not there. */
export interface FoldHospital {
  readonly id: string;
  readonly train?: TrainingData;
  readonly test?: TrainingData;
}
