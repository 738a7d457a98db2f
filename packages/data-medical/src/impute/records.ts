import { canonicalJson, FedwardError, type Records } from '@fedward/core';
import { declaredImputer, emptyRow, imputationMethod, type Table } from '@fedward/kit-tables';
import { imputedColumns, type ImputedColumn } from './columns.js';

/** The records that an imputation is learned from: those that are trained on. It can be posted to a worker. */
export interface ImputationRecords extends Records {
  readonly columns: readonly ImputedColumn[];
  /** [count, columns]: numbers, and positions of levels; NaN where there is no value. */
  readonly values: Float64Array;
}

/**
 * Rows of a table, with the constants that the schema declares filled in, and without those that it leaves out.
 *
 * @param rows ascending; those of the training part
 * @throws {FedwardError} CONFIG_INCOMPATIBLE, naming the column, for a schema that can't be imputed (see `imputedColumns`);
 *   DATA_EMPTY where no row is left
 */
export function imputationRecords(table: Table, rows: readonly number[]): ImputationRecords {
  const columns = imputedColumns(table.schema);
  const width = columns.length;
  const declared = declaredImputer(table.schema);
  const row = emptyRow(width);
  const values = new Float64Array(rows.length * width);
  const patientIds: string[] = [];
  let count = 0;
  for (const record of rows) {
    const { values: cells, missing, patientId } = table.row(record);
    row.values.set(cells);
    row.missing.set(missing);
    if (declared.impute(row) !== undefined) continue;
    values.set(row.values, width * count++);
    if (patientId !== undefined) patientIds.push(patientId);
  }
  if (count === 0) throw new FedwardError('DATA_EMPTY', `${table.name}: there is no record to learn from`, table.name);
  return {
    ...{ count, columns, values: values.slice(0, count * width) }, // not a view: it is posted with all that is behind it
    ...(patientIds.length > 0 && { patientIds }),
  };
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE naming the first column that is another in the two */
export function assertSameColumns(here: readonly ImputedColumn[], there: readonly ImputedColumn[], what: string): void {
  for (let i = 0; i < Math.max(here.length, there.length); i++) {
    const [own, other] = [here[i], there[i]];
    if (own && other && canonicalJson({ ...own }) === canonicalJson({ ...other })) continue;
    const name = own?.name ?? other!.name;
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `column "${name}" is another in ${what} than in the schema here`,
      name,
    );
  }
}

/** True where a schema names a method for one of its columns. */
export function declaresImputation({ schema }: Pick<Table, 'schema'>): boolean {
  return schema.columns.some((column) => imputationMethod(column) !== undefined);
}
