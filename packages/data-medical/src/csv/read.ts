import { basename } from 'node:path';
import { FedwardError, parseWith } from '@fedward/core';
import type { MedicalDataset } from '../dataset.js';
import { readPieces } from '../files.js';
import { declaredScalings, RawRecords } from '../raw-records.js';
import { blankRow, RowTally, type RowCounts } from '../rows.js';
import { tableSchema, type TableSchema, type TableSchemaInput } from '../schema.js';
import { columnEncoder, labelReader, noValueIn, valueFinder, type Spelling } from './cells.js';
import { canonicalText, missingTokens } from './equality.js';
import { isTotal, refuseTwoSpellings } from './ids.js';
import { csvOptionsSchema, type CsvOptions, type CsvOptionsInput } from './options.js';
import { malformed, type CsvRecord } from './records.js';
import { isBlank, locate, openCsv } from './table.js';

/** What was read, before anything is done to it. */
export interface CsvRecords {
  readonly records: RawRecords;
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
 * @throws {FedwardError} CONFIG_INVALID for a bad schema or option; FILE_NOT_FOUND; FILE_INVALID where the file
 * can't be read; DATA_EMPTY where no row is there, or none is left; and, with file, line and column:
 * DATA_MALFORMED for a ragged row, a missing or double column, text for a number, a level that is not declared, a value
 * that is missing, two spellings of one number among the patient ids, or a row of totals; DATA_NOT_FINITE;
 * LABEL_INVALID. No message holds the content of a cell.
 */
export async function readCsvDataset(
  file: string,
  schema: TableSchemaInput,
  options: CsvOptionsInput = {},
): Promise<CsvDataset> {
  const checkedSchema = parseWith(tableSchema, schema, 'the schema');
  const checkedOptions = parseWith(csvOptionsSchema, options, 'the CSV options');
  return encodeCsv(readPieces(file), file, basename(file), checkedSchema, checkedOptions);
}

/**
 * The same records, before they are scaled.
 * @throws {FedwardError} as `readCsvDataset`
 */
export async function readCsvRecords(
  file: string,
  schema: TableSchemaInput,
  options: CsvOptionsInput = {},
): Promise<CsvRecords> {
  const checkedSchema = parseWith(tableSchema, schema, 'the schema');
  const checkedOptions = parseWith(csvOptionsSchema, options, 'the CSV options');
  return readRecords(readPieces(file), file, basename(file), checkedSchema, checkedOptions);
}

/**
 * `readCsvDataset` for bytes that are there already.
 * @param file for messages
 * @param name of the data set
 */
export async function encodeCsv(
  pieces: AsyncIterable<Uint8Array>,
  file: string,
  name: string,
  schema: TableSchema,
  options: CsvOptions,
): Promise<CsvDataset> {
  const { records, rows } = await readRecords(pieces, file, name, schema, options);
  const [dataset] = records.release([{ name, cutLabels: true }], () => 0, { scalings: declaredScalings(schema) });
  return { dataset, lines: records.lines, rows };
}

/** The records of a CSV file as `readCsvDataset` reads them, before they are scaled. Whether a row is left out hangs on it alone. */
export async function readRecords(
  pieces: AsyncIterable<Uint8Array>,
  file: string,
  name: string,
  schema: TableSchema,
  options: CsvOptions,
): Promise<CsvRecords> {
  const { columns, label, patientId, split } = schema;
  const extra = [...(patientId === undefined ? [] : [patientId]), ...(split ? [split.column] : [])];
  const wanted = [...columns.map((column) => column.name), label.name, ...extra].map(canonicalText);
  const table = await openCsv(pieces, file, options, wanted);
  const { names } = table;
  const tally = new RowTally();
  const records = new RawRecords(name, schema);
  try {
    if (names.length > 0) {
      const read = recordReader(records, options, locate(wanted, names, file), file);
      for await (const batch of table.rows)
        for (const record of batch) {
          const reason = read(record);
          if (reason === undefined) tally.use();
          else tally.drop(reason);
        }
    }
  } finally {
    await table.close();
  }
  const { lines, patientIds } = records;
  if (records.count === 0) throw new FedwardError('DATA_EMPTY', nothingLeft(file, tally.counts()), file);
  if (patientIds) refuseTwoSpellings(patientIds, lines, { file, column: patientId!, ...options });
  return { records, rows: tally.counts() };
}

/** How a record is read and added to the others; to a reason where it is left out. */
function recordReader(
  records: RawRecords,
  options: CsvOptions,
  positions: readonly number[],
  file: string,
): (record: CsvRecord) => string | undefined {
  const { columns, label, patientId, split } = records.schema;
  const spelling: Spelling = { missing: missingTokens(options.missing, options.decimal), decimal: options.decimal };
  const encoders = columns.map((column) => columnEncoder(column, spelling));
  const readLabel = labelReader(label, spelling);
  const features = new Float64Array(records.width);
  const labelAt = positions[columns.length]!;
  const idAt = patientId === undefined ? undefined : positions[columns.length + 1]!;
  const sideAt = split ? positions.at(-1)! : undefined;
  const findTestValue = split && valueFinder(split.test, options.decimal);
  return (record) => {
    if (isBlank(record)) return blankRow;
    const { line, fields } = record;
    const at = { file, line };
    const heading = idAt === undefined ? fields.find((field) => field !== '')! : fields[idAt]!;
    if (isTotal(heading)) throw malformed(file, line, 'this is a row of totals and no patient: remove it', patientId);
    features.fill(0);
    let reason: string | undefined;
    let offset = 0;
    for (let i = 0; i < encoders.length; i++) {
      const encoder = encoders[i]!;
      const why = encoder.encode(fields[positions[i]!]!, features, offset, at);
      reason ??= why;
      offset += encoder.width;
    }
    const y = readLabel(fields[labelAt]!, at);
    const id = idAt === undefined ? undefined : fields[idAt]!;
    if (id !== undefined && spelling.missing.has(id)) throw malformed(file, line, 'there is no patient id', patientId);
    const side = sideAt === undefined ? undefined : fields[sideAt]!;
    if (side !== undefined && spelling.missing.has(side))
      throw malformed(file, line, 'there is no value', split!.column);
    if (y === undefined) reason ??= noValueIn(label.name);
    if (y === undefined || reason !== undefined) return reason!;
    const testing = side === undefined ? undefined : findTestValue!(side) !== undefined;
    records.add(features, y, line, id === undefined ? undefined : canonicalText(id), testing);
    return undefined;
  };
}

/** Says why no row is left. */
function nothingLeft(file: string, { read, dropped }: RowCounts): string {
  const reasons = dropped.map(({ reason, rows }) => `${reason} (${rows})`).join(', ');
  return read > 0 ? `${file}: each of its ${read} rows was left out: ${reasons}` : `${file}: there are no rows`;
}
