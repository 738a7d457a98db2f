import { assertInteger } from '@fedward/core';
import { keyedPositions, type Identified } from './keyed.js';

/** How patients are parted into folds. */
export interface FoldRule {
  /** Number of folds, >= 2. */
  readonly folds: number;
  /** As a split's (see `SplitRule`). */
  readonly key: string | Uint8Array;
  /** Keeps apart what is drawn for different ends under one key. */
  readonly purpose: string;
}

/**
 * [count] the fold of each record, from 0 on: HMAC-SHA256 of the patient's id (of the record's content where there are none)
 * under the key, so that all records of a patient are in one fold, which hangs on that patient and the key alone. Folds are
 * as large as chance has it.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for fewer than 2 folds
 */
export function foldsOf(records: Identified, { folds, key, purpose }: FoldRule): number[] {
  assertInteger('folds', folds, 2);
  return keyedPositions(records, key, `${purpose}:`).map((position) => Math.floor(position * folds));
}
