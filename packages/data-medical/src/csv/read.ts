import { basename } from 'node:path';
import { FedwardError, parseWith } from '@fedward/core';
import {
  assertNoneToImpute,
  columnsRead,
  EncodedTable,
  readTable,
  assertOneSpelling,
  tableSchema,
  textRowReader,
  type RowCounts,
  type Table,
  type TableSchema,
  type TableSchemaInput,
} from '@fedward/kit-tables';
import type { MedicalDataset } from '../dataset.js';
import { readPieces } from '../files.js';
import { medicalDatasets } from '../medical-datasets.js';
import { nothingLeft } from '../study/read.js';
import { openCsv } from './open.js';
import { csvOptionsSchema, type CsvOptions, type CsvOptionsInput } from './options.js';

/** What was read, before anything is done to it. */
export interface CsvRecords {
  readonly records: Table;
  /** How many rows were read, used and left out, and why. */
  readonly rows: RowCounts;
}

/** A CSV file as a data set. */
export interface CsvDataset {
  readonly dataset: MedicalDataset;
  /** Line of the file, from 1 on, on which each record of the data set begins. */
  readonly lines: readonly number[];
  /** How many rows were read, used and left out, and why. */
  readonly rows: RowCounts;
}

/**
 * Reads a CSV file as a schema says, checked cell by cell. A row that is left out is checked too. Numbers are scaled as
 * their columns declare, those of columns that declare nothing are as recorded; nothing is computed from the rows
 * together.
 *
 * @param schema what to read (see `tableSchema`); columns that it does not name are not looked at
 * @param options delimiter, header, what stands for a missing value, encoding, decimal mark (see `csvOptionsSchema`)
 * @throws {FedwardError} CONFIG_INVALID for a bad schema or option; CONFIG_INCOMPATIBLE for a schema that leaves missing
 * values to an imputer; FILE_NOT_FOUND; FILE_INVALID where the file can't be read; DATA_EMPTY where no row is there, or
 * none is left; and, with file, line and column: DATA_MALFORMED for a ragged row, a missing or double column, text for a
 * number, a level that is not declared, a value that is missing, two spellings of one number among the patient ids, or a
 * row of totals; DATA_NOT_FINITE; LABEL_INVALID. No message holds the content of a cell.
 */
export async function readCsvDataset(
  file: string,
  schema: TableSchemaInput,
  options: CsvOptionsInput = {},
): Promise<CsvDataset> {
  const checkedSchema = parseWith(tableSchema, schema, 'the schema');
  const checkedOptions = parseWith(csvOptionsSchema, options, 'the CSV options');
  return encodeCsv(() => readPieces(file), file, basename(file), checkedSchema, checkedOptions);
}

/**
 * The same records, before they are scaled. Missing values that the schema leaves to an imputer (`"missing": "impute"`)
 * are empty cells.
 * @throws {FedwardError} as `readCsvDataset`
 */
export async function readCsvRecords(
  file: string,
  schema: TableSchemaInput,
  options: CsvOptionsInput = {},
): Promise<CsvRecords> {
  const checkedSchema = parseWith(tableSchema, schema, 'the schema');
  const checkedOptions = parseWith(csvOptionsSchema, options, 'the CSV options');
  return readRecords(() => readPieces(file), file, basename(file), checkedSchema, checkedOptions);
}

/**
 * `readCsvDataset` for bytes that are there already.
 * @param pieces gives them from the beginning on; asked for once, and again for a file that is turned
 * @param file for messages
 * @param name of the data set
 */
export async function encodeCsv(
  pieces: () => AsyncIterable<Uint8Array>,
  file: string,
  name: string,
  schema: TableSchema,
  options: CsvOptions,
): Promise<CsvDataset> {
  assertNoneToImpute(schema);
  const { records, rows } = await readRecords(pieces, file, name, schema, options);
  const [dataset] = medicalDatasets(new EncodedTable(records), [{ name, cutLabels: true }], () => 0);
  return { dataset, lines: records.lines, rows };
}

/** The records of a CSV file as `readCsvDataset` reads them, before they are scaled. Whether a row is left out hangs on it alone. */
export async function readRecords(
  pieces: () => AsyncIterable<Uint8Array>,
  file: string,
  name: string,
  schema: TableSchema,
  options: CsvOptions,
): Promise<CsvRecords> {
  const csv = await openCsv(pieces, file, options, columnsRead(schema));
  const shown = options.transposed ? `${file}, turned` : file; // its lines are the columns of the file
  let records: Table;
  try {
    const noRows = csv.names.length === 0;
    const read = noRows ? () => undefined : textRowReader(schema, csv.names, { ...options, file: shown });
    records = await readTable(name, schema, noRows ? [] : csv.rows, read);
  } finally {
    await csv.close();
  }
  const { lines, patientIds, rows } = records;
  if (records.count === 0) throw new FedwardError('DATA_EMPTY', nothingLeft(file, rows), file);
  if (patientIds) assertOneSpelling(patientIds, lines, { ...options, file: shown, column: schema.patientId! });
  return { records, rows };
}
