import { Table } from '../table/table.js';
import type { Imputer } from './imputer.js';

/** A table that has been through an imputer. */
export interface ImputedTable {
  readonly table: Table;
  /** Of each record of it, its place in the table that it is from; ascending. */
  readonly kept: readonly number[];
}

/**
 * Passes a table through an imputer, row by row: each is in the new table or counted there with its reason, beside those
 * that were left out before. Which values were missing is known afterwards as before; records that joined the table (see
 * `Table.join`) lack nothing and pass as they are. The rows of the old table are gone, so that no two are in memory.
 */
export function imputeTable(from: Table, imputer: Imputer): ImputedTable {
  const table = new Table(from.name, from.schema);
  for (const { reason, rows } of from.rows.dropped) table.drop(reason, rows);
  for (const words of [from.sharedStatistics, imputer.sharedStatistics]) if (words !== undefined) table.share(words);
  const kept: number[] = [];
  for (let i = 0; i < from.rowCount; i++) {
    const row = from.takeRow(i);
    const reason = imputer.impute(row);
    if (reason === undefined) {
      table.add(row);
      kept.push(i);
    } else table.drop(reason);
  }
  table.join(from.joined);
  for (let i = from.rowCount; i < from.count; i++) kept.push(i);
  return { table, kept };
}
