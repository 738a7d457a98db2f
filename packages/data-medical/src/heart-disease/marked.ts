import { Table } from '@fedward/kit-tables';
import { heartDiseaseMarkedSchema, noCholesterol } from './schema.js';

const column = heartDiseaseMarkedSchema.columns.findIndex(({ name }) => name === 'chol');

/**
 * The same rows with a cholesterol of 0 marked as missing and filled in, row by row. Rows are those of `heartDiseaseSchema`, so
 * that a row whose cholesterol is `?` is left out as before, and the patients are FLamby's.
 */
export function markCholesterol(from: Table): Table {
  const table = new Table(from.name, heartDiseaseMarkedSchema);
  for (const { reason, rows } of from.rows.dropped) table.drop(reason, rows);
  for (let i = 0; i < from.rowCount; i++) {
    const row = from.takeRow(i);
    // Its own: the table shows what is missing of each row in the same place.
    const missing = row.missing.slice();
    if (row.values[column] === 0) {
      row.values[column] = noCholesterol;
      missing[column] = 1;
    }
    table.lack(missing);
    table.add({ ...row, missing });
  }
  return table;
}
