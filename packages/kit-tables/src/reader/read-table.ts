import { declaredImputer } from '../impute/declared.js';
import type { Imputer } from '../impute/imputer.js';
import { cellsIn } from '../schema/columns.js';
import type { TableSchema } from '../schema/table-schema.js';
import { emptyRow, noValueIn, type Row } from '../table/row.js';
import { Table } from '../table/table.js';

/**
 * The first step: one row of a source into a row of a table. All of the row is written: values, which of them are missing,
 * label, line, and what else the schema names.
 *
 * @returns why the row is left out whatever an imputer may say, such as `blankRow`; undefined where it is not
 * @throws {FedwardError} for what no row may hold, with its place
 */
export type RowReader<Source> = (source: Source, row: Row) => string | undefined;

/**
 * Reads a table. Each row passes an imputer on its way in, which fills in what it lacks or says why it is left out, so that
 * rows that are left out take no memory. Each is then in the table, or counted with its reason (`table.rows`).
 *
 * @param name of the table, for people and messages
 * @param batches the rows, some at a time
 * @param imputer by default the one that the schema declares
 */
export async function readTable<Source>(
  name: string,
  schema: TableSchema,
  batches: AsyncIterable<Iterable<Source>> | Iterable<Iterable<Source>>,
  read: RowReader<Source>,
  imputer: Imputer = declaredImputer(schema),
): Promise<Table> {
  const table = new Table(name, schema);
  const row = emptyRow(schema.columns.length, cellsIn(schema.columns), table.subgroups.length);
  for await (const batch of batches)
    for (const source of batch) {
      const unread = read(source, row);
      if (unread === undefined) {
        table.lack(row.missing);
        table.findOutside(row);
      }
      const reason = unread ?? imputer.impute(row) ?? whyNotUsable(row, schema);
      if (reason === undefined) table.add(row);
      else table.drop(reason);
    }
  if (imputer.sharedStatistics !== undefined) table.share(imputer.sharedStatistics);
  return table;
}

/** What no imputer can fill in. */
function whyNotUsable({ label, time }: Row, schema: TableSchema): string | undefined {
  if (Number.isNaN(label)) return noValueIn(schema.label.name);
  return Number.isNaN(time) ? noValueIn(schema.time!.column) : undefined;
}
