import { malformed } from '@fedward/kit-tables';
import { textOf } from './decode.js';
import { findDelimiter } from './delimiter.js';
import { csvRecords, type CsvRecord } from './records.js';
import { headerOf } from './header.js';
import type { CsvOptions } from './options.js';

/** More than a table of patients has; what has more is read the wrong way round, or is no table. */
const mostColumns = 10_000;

/** A CSV file whose columns are known and whose rows are still to be read. */
export interface CsvTable {
  /** In the order of the file; '' for a column without a name. Empty for a file without records. */
  readonly names: readonly string[];
  /** The one given, or found. */
  readonly delimiter: string;
  /** The rows, as many at a time as a piece of the file holds, each with as many fields as there are names. */
  readonly rows: AsyncGenerator<readonly CsvRecord[]>;
  /** Closes the file, also where no row was read. */
  close(): Promise<unknown>;
}

/**
 * Opens a CSV file: finds its delimiter, and the names of its columns.
 *
 * @param pieces the bytes of the file
 * @param file its name, for messages
 * @param wanted columns that will be asked for
 * @throws {FedwardError} DATA_MALFORMED, with file and line: for what `textOf` and `csvRecords` name; a first line that
 * looks like data, or like a title; a double name; and later for a row with more or fewer fields than there are columns.
 * CONFIG_INVALID for an encoding that is not known
 */
export async function openCsv(
  pieces: AsyncIterable<Uint8Array>,
  file: string,
  options: CsvOptions,
  wanted: readonly string[] = [],
): Promise<CsvTable> {
  const texts = textOf(pieces, file, options.encoding);
  const first = await texts.next();
  const start = first.done ? '' : first.value;
  const delimiter = options.delimiter ?? findDelimiter(start);
  const batches = csvRecords(resumed(start, texts), file, delimiter);
  try {
    let beginning: readonly CsvRecord[] = [];
    while (beginning.length === 0) {
      const batch = await batches.next();
      if (batch.done) break;
      beginning = batch.value;
    }
    const { names, rowsFrom } = headerOf(beginning, file, options.header, wanted);
    if (names.length > mostColumns)
      throw malformed(
        file,
        1,
        `${names.length} columns; the most is ${mostColumns}: leave out those that are not needed`,
      );
    const rows = rowsOf(beginning.slice(rowsFrom), batches, names, file);
    return { names, delimiter, rows, close: () => batches.return(undefined) };
  } catch (error) {
    await batches.return(undefined);
    throw error;
  }
}

async function* resumed(start: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  try {
    yield start;
    yield* rest;
  } finally {
    await rest.return(undefined); // also where it was not asked for
  }
}

async function* rowsOf(
  beginning: readonly CsvRecord[],
  rest: AsyncGenerator<readonly CsvRecord[]>,
  names: readonly string[],
  file: string,
): AsyncGenerator<readonly CsvRecord[]> {
  const asWide = (record: CsvRecord) => fitted(record, names, file);
  yield beginning.map(asWide);
  for await (const batch of rest) yield batch.map(asWide);
}

/** Spreadsheets leave empty cells out at the end of a row, or have some beyond the last column: no harm is done. */
function fitted(record: CsvRecord, names: readonly string[], file: string): CsvRecord {
  const { line, fields } = record;
  if (fields.length === names.length) return record;
  if (fields.slice(names.length).every((field) => field === '') && names.slice(fields.length).every((n) => n === ''))
    return { line, fields: names.map((_, i) => fields[i] ?? '') };
  throw malformed(file, line, `${fields.length} fields where there are ${names.length} columns`);
}
