import { basename } from 'node:path';
import { FedwardError, parseWith } from '@fedward/core';
import { createMedicalDataset, type MedicalDataset } from '../dataset.js';
import { readPieces } from '../files.js';
import { RowTally, type RowCounts } from '../rows.js';
import { tableSchema, type TableSchema, type TableSchemaInput } from '../schema.js';
import { columnEncoder, labelReader, noValueIn, type Spelling } from './cells.js';
import { canonicalText, missingTokens } from './equality.js';
import { isTotal, refuseTwoSpellings } from './ids.js';
import { csvOptionsSchema, type CsvOptions, type CsvOptionsInput } from './options.js';
import { malformed, type CsvRecord } from './records.js';
import { isBlank, locate, openCsv } from './table.js';

/** A CSV file as a data set. */
export interface CsvDataset {
  readonly dataset: MedicalDataset;
  /** Line of the file, from 1 on, on which each record of the data set begins. */
  readonly lines: readonly number[];
  /** How many rows were read, used and left out, and why. */
  readonly rows: RowCounts;
}

/** Why a row is left out that spreadsheets write below the last patient. */
export const blankRow = 'no value in any column';

/**
 * Reads a CSV file as a schema says, checked cell by cell. A row that is left out is checked too.
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
  const { columns, label, patientId } = schema;
  const wanted = [...columns.map((column) => column.name), label.name, ...(patientId === undefined ? [] : [patientId])];
  const { names, rows } = await openCsv(pieces, file, options, wanted.map(canonicalText));
  const tally = new RowTally();
  const lines: number[] = [];
  const patientIds: string[] = [];
  const labels: number[] = [];
  const features: Float32Array[] = [];
  if (names.length > 0) {
    const positions = locate(wanted.map(canonicalText), names, file);
    const encode = recordEncoder(schema, options, positions, file);
    for await (const batch of rows)
      for (const record of batch) {
        const read = encode(record);
        if (typeof read === 'string') {
          tally.drop(read);
          continue;
        }
        tally.use();
        lines.push(record.line);
        labels.push(read.label);
        features.push(read.features);
        if (read.patientId !== undefined) patientIds.push(read.patientId);
      }
  }
  if (lines.length === 0) throw new FedwardError('DATA_EMPTY', nothingLeft(file, tally.counts()), file);
  if (patientId !== undefined) refuseTwoSpellings(patientIds, lines, { file, column: patientId, ...options });
  const width = features[0]!.length;
  const all = new Float32Array(features.length * width);
  features.forEach((row, i) => all.set(row, i * width));
  const dataset = createMedicalDataset({
    name,
    features: all,
    labels,
    schema: columns,
    ...(label.kind === 'class' && { classes: label.classes.map((c) => c.name) }),
    ...(patientId !== undefined && { patientIds }),
  });
  return { dataset, lines, rows: tally.counts() };
}

interface EncodedRecord {
  readonly features: Float32Array;
  readonly label: number;
  readonly patientId: string | undefined;
}

/** How a record is read; to a reason where it is to be left out. */
function recordEncoder(
  { columns, label, patientId }: TableSchema,
  options: CsvOptions,
  positions: readonly number[],
  file: string,
): (record: CsvRecord) => EncodedRecord | string {
  const spelling: Spelling = { missing: missingTokens(options.missing, options.decimal), decimal: options.decimal };
  const encoders = columns.map((column) => columnEncoder(column, spelling));
  const readLabel = labelReader(label, spelling);
  const width = encoders.reduce((sum, encoder) => sum + encoder.width, 0);
  const labelAt = positions[columns.length]!;
  const idAt = patientId === undefined ? undefined : positions[columns.length + 1]!;
  return (record) => {
    if (isBlank(record)) return blankRow;
    const { line, fields } = record;
    const at = { file, line };
    const heading = idAt === undefined ? fields.find((field) => field !== '')! : fields[idAt]!;
    if (isTotal(heading)) throw malformed(file, line, 'this is a row of totals and no patient: remove it', patientId);
    const features = new Float32Array(width);
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
    if (y === undefined) reason ??= noValueIn(label.name);
    if (y === undefined || reason !== undefined) return reason!;
    return { features, label: y, patientId: id === undefined ? undefined : canonicalText(id) };
  };
}

/** Says why no row is left. */
function nothingLeft(file: string, { read, dropped }: RowCounts): string {
  const reasons = dropped.map(({ reason, rows }) => `${reason} (${rows})`).join(', ');
  return read > 0 ? `${file}: each of its ${read} rows was left out: ${reasons}` : `${file}: there are no rows`;
}
