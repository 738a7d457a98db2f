import { basename } from 'node:path';
import { FedwardError } from '@fedward/core';
import {
  assertOneSpelling,
  columnsRead,
  readTable,
  textRowReader,
  type RowCounts,
  type Table,
} from '@fedward/kit-tables';
import { outsideRemarks } from './outside.js';
import { openRows } from '../source/rows.js';
import { digestFiles, digestTogether, sheetOf, type DatasetSheet } from '../source/sheet.js';
import type { StudySchema } from './schema-file.js';

/** Of `readStudy`. */
export interface ReadStudyOptions {
  /** Why a patient's rows are left out, before anything is counted or computed of them; undefined: they are not. */
  readonly leaveOut?: ((patientId: string) => string | undefined) | undefined;
}

/** A hospital's data as they were read, before anything is done to them, and what there is to know of them. */
export interface StudyRecords {
  readonly records: Table;
  readonly sheet: DatasetSheet;
}

/**
 * Reads a hospital's data as a study's schema says, whatever their format, checked cell by cell. Missing values that the
 * schema leaves to an imputer are empty cells.
 *
 * @param path of a file, or of a folder
 * @throws {FedwardError} as `openSource` and `textRowReader`; DATA_EMPTY where no row is there, or none is left
 */
export async function readStudy(
  path: string,
  study: StudySchema,
  { leaveOut }: ReadStudyOptions = {},
): Promise<StudyRecords> {
  const { schema, source: spec, about } = study;
  const source = await openRows(path, schema, spec, columnsRead(schema));
  const name = basename(path);
  let records: Table;
  try {
    const noRows = source.names.length === 0;
    const options = { ...spec.csv, file: path };
    const readRow = noRows ? () => undefined : textRowReader(schema, source.names, options);
    const read: typeof readRow = leaveOut
      ? (row, into) => readRow(row, into) ?? (into.patientId === undefined ? undefined : leaveOut(into.patientId))
      : readRow;
    records = await readTable(name, schema, noRows ? [] : source.rows, read);
  } finally {
    await source.close();
  }
  const { lines, patientIds, rows, count } = records;
  if (count === 0) throw new FedwardError('DATA_EMPTY', nothingLeft(path, rows), path);
  if (patientIds)
    assertOneSpelling(patientIds, lines, { file: path, column: schema.patientId!, decimal: spec.csv?.decimal ?? '.' });
  const own = await digestFiles(source.own);
  const named = source.files.filter((file) => !source.own.includes(file));
  const files = named.length > 0 ? [...own, await digestTogether(named, 'files that cells name')] : own;
  const remarks = [...(source.remarks?.() ?? []), ...outsideRemarks(name, records)];
  return { records, sheet: sheetOf({ about, schema, table: records, files, remarks }) };
}

/** Says why no row is left. */
export function nothingLeft(file: string, { read, dropped }: RowCounts): string {
  const reasons = dropped.map(({ reason, rows }) => `${reason} (${rows})`).join(', ');
  return read > 0 ? `${file}: each of its ${read} rows was left out: ${reasons}` : `${file}: there are no rows`;
}
