import { Table } from './table.js';

/**
 * Some rows of a table, in their order. Its own are gone afterwards, so that no two tables are in memory; what it says of
 * rows that were left out before, the new one says too.
 *
 * @param keep of each row whether it stays; records that joined the table go
 */
export function someRows(from: Table, keep: (row: number) => boolean): Table {
  const table = new Table(from.name, from.schema);
  for (const { reason, rows } of from.rows.dropped) table.drop(reason, rows);
  if (from.sharedStatistics !== undefined) table.share(from.sharedStatistics);
  for (let row = 0; row < from.rowCount; row++) {
    const taken = from.takeRow(row);
    if (keep(row)) table.add(taken);
  }
  return table;
}
