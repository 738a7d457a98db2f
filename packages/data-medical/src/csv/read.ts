import { basename } from 'node:path';
import { FedwardError, parseWith } from '@fedward/core';
import { createMedicalDataset, type MedicalDataset } from '../dataset.js';
import { readPieces } from '../files.js';
import { tableSchema, type TableSchema, type TableSchemaInput } from '../schema.js';
import { RowTally, type RowCounts } from '../rows.js';
import { columnEncoder, labelReader, noValueIn } from './cells.js';
import { csvOptionsSchema, csvRecords, malformed, type CsvOptions, type CsvOptionsInput } from './records.js';

export interface CsvDataset {
  readonly dataset: MedicalDataset;
  /** Line of the file, from 1 on, on which each record of the data set begins. */
  readonly lines: readonly number[];
  /** How many rows were read, used and left out, and why. */
  readonly rows: RowCounts;
}

/**
 * Reads a CSV file as a schema says, checked cell by cell. A row that is left out is checked too.
 *
 * @param schema what to read (see `tableSchema`); columns that it does not name are not looked at
 * @param options delimiter, header, what stands for a missing value, encoding (see `csvOptionsSchema`)
 * @throws {FedwardError} CONFIG_INVALID for a bad schema or option; FILE_NOT_FOUND; FILE_INVALID where the file
 * can't be read; DATA_EMPTY where no row is there, or none is left; and, with file, line and column:
 * DATA_MALFORMED for a ragged row, a missing or double column, text for a number, a level that is not declared or
 * a value that is missing; DATA_NOT_FINITE; LABEL_INVALID. No message holds the content of a cell.
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
  { columns, label, patientId }: TableSchema,
  options: CsvOptions,
): Promise<CsvDataset> {
  const missing = new Set(options.missing);
  const encoders = columns.map((column) => columnEncoder(column, missing));
  const readLabel = labelReader(label, missing);
  const width = encoders.reduce((sum, encoder) => sum + encoder.width, 0);
  const wanted = [...columns.map((column) => column.name), label.name, ...(patientId === undefined ? [] : [patientId])];

  const rows: Float32Array[] = [];
  const labels: number[] = [];
  const patientIds: string[] = [];
  const lines: number[] = [];
  const tally = new RowTally();
  let positions: number[] | undefined;
  for await (const { line, fields, names } of csvRecords(pieces, file, options)) {
    positions ??= locate(wanted, names, file);
    const at = { file, line };
    const row = new Float32Array(width);
    let reason: string | undefined;
    let offset = 0;
    encoders.forEach((encoder, i) => {
      const why = encoder.encode(fields[positions![i]!]!, row, offset, at);
      reason ??= why;
      offset += encoder.width;
    });
    const y = readLabel(fields[positions[columns.length]!]!, at);
    const id = patientId === undefined ? undefined : fields[positions[columns.length + 1]!]!;
    if (id !== undefined && missing.has(id)) throw malformed(file, line, 'there is no patient id', patientId);
    if (y === undefined) reason ??= noValueIn(label.name);
    if (y === undefined || reason !== undefined) {
      tally.drop(reason!);
      continue;
    }
    tally.use();
    rows.push(row);
    labels.push(y);
    lines.push(line);
    if (id !== undefined) patientIds.push(id);
  }
  if (rows.length === 0) throw new FedwardError('DATA_EMPTY', nothingLeft(file, tally.counts()), file);

  const features = new Float32Array(rows.length * width);
  rows.forEach((row, i) => features.set(row, i * width));
  const dataset = createMedicalDataset({
    name,
    features,
    labels,
    schema: columns,
    ...(label.kind === 'class' && { classes: label.classes.map((c) => c.name) }),
    ...(patientId !== undefined && { patientIds }),
  });
  return { dataset, lines, rows: tally.counts() };
}

/** Says why no row is left. */
function nothingLeft(file: string, { read, dropped }: RowCounts): string {
  const reasons = dropped.map(({ reason, rows }) => `${reason} (${rows})`).join(', ');
  return read > 0 ? `${file}: each of its ${read} rows was left out: ${reasons}` : `${file}: there are no rows`;
}

/** Where the wanted columns are. The names found stay unsaid: a file without a header has a patient there. */
function locate(wanted: readonly string[], names: readonly string[], file: string): number[] {
  const positions = new Map(names.map((name, i) => [name, i]));
  const absent = wanted.filter((name) => !positions.has(name));
  if (absent.length)
    throw new FedwardError(
      'DATA_MALFORMED',
      `${file}: no column is named ${absent.map((name) => `"${name}"`).join(', ')} (it has ${names.length} columns)`,
      absent[0],
    );
  return wanted.map((name) => positions.get(name)!);
}
