import type { Row } from '../table/row.js';
import type { Table } from '../table/table.js';

/** Fills in what rows lack, or leaves them out. */
export interface Imputer {
  /**
   * What was computed from records together and is used on each, in words (see `TrainingData.sharedStatistics`), such as
   * `the median of each column`. What is learned from records is a release that somebody has to pay for: a table keeps this
   * mark, and no site trains on it where records or patients have a price. Absent where what becomes of a row hangs on that
   * row and on constants alone.
   */
  readonly sharedStatistics?: string;
  /**
   * Writes a value where `row.values` is NaN and there can be one: a number in the column's unit, or the position of a
   * level. `row.missing` stays as it is.
   *
   * @returns why the row is left out, never what a cell holds; undefined where it is not
   */
  impute(row: Row): string | undefined;
}

/**
 * Makes an imputer from rows of a table that may lack values.
 *
 * @param table not to be changed
 * @param rows ascending: those that may be learned from, which are those that are trained on
 */
export type ImputerFit = (table: Table, rows: readonly number[]) => Imputer;
