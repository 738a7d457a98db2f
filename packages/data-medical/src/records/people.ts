import { FedwardError } from '@fedward/core';
import { idKey } from './coded-table.js';
import { eachRow, type CsvRow } from './csv-rows.js';
import { momentOf } from './moment.js';
import type { Patients } from './patients.js';

/** A field of a table of people. */
export interface PersonField {
  readonly column: number;
  /** For messages, and where `read` is none: the column, in upper case. */
  readonly name: string;
  readonly needsDate: boolean;
  /** Undefined where there is no value. */
  readonly read: (row: CsvRow) => string | undefined;
  /** Columns of which one has to be there. */
  readonly columns: readonly string[];
}

/**
 * Reads a table of people, one a row.
 * @throws {FedwardError} DATA_MALFORMED for somebody who is there twice or without an id, and for what is no date; as `eachRow`
 */
export async function collectPeople(
  file: string,
  id: string,
  fields: readonly PersonField[],
  patients: Patients,
): Promise<void> {
  const lines = new Map<string, number>();
  await eachRow(file, [[id], ...fields.map(({ columns }) => columns)], (row) => {
    const written = row.cell(id);
    if (written === '') throw new FedwardError('DATA_MALFORMED', `${row.place}, column "${id}": there is no id`, id);
    const key = idKey(written);
    const earlier = lines.get(key);
    if (earlier !== undefined)
      throw new FedwardError(
        'DATA_MALFORMED',
        `${row.place}, column "${id}": the person of line ${earlier} once more`,
        id,
      );
    lines.set(key, row.line);
    const patient = patients.know(key);
    for (const { column, name, needsDate, read } of fields) {
      const text = read(row);
      if (text === undefined || text === '') continue;
      const moment = needsDate ? momentOf(text) : undefined;
      if (needsDate && !moment)
        throw new FedwardError('DATA_MALFORMED', `${row.place}, column "${name}": no date such as 2024-01-31`, name);
      patients.setFact(patient, column, { text, moment });
    }
  });
}
