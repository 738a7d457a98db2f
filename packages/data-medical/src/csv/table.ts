import { malformed, type TableSource } from '@fedward/kit-tables';
import { mostColumns } from '../limits.js';
import { textOf } from './decode.js';
import { findDelimiter } from './delimiter.js';
import { headerOf } from './header.js';
import type { CsvOptions } from './options.js';
import { csvRecords, type CsvRecord } from './records.js';
import { withoutLines } from './skip-lines.js';

/** A CSV file whose columns are known and whose rows are still to be read. */
export interface CsvTable extends TableSource {
  /** The one given, or found. */
  readonly delimiter: string;
}

/** What a reader of a file knows of its columns. */
export interface ExpectedColumns {
  /** Columns that will be asked for. */
  readonly wanted?: readonly string[];
  /** Whether several columns may have a name. Default: none may. */
  readonly mayRepeat?: (name: string) => boolean;
}

/**
 * Opens a CSV file as it stands: finds its delimiter, and the names of its columns.
 *
 * @param pieces the bytes of the file
 * @param file its name, for messages
 * @throws {FedwardError} DATA_MALFORMED, with file and line: for what `textOf` and `csvRecords` name; a first line that
 * looks like data, or like a title; a double name; more than `mostColumns`; and later for a row with more or fewer fields
 * than there are columns. CONFIG_INVALID for an encoding that is not known
 */
export async function openPlainCsv(
  pieces: AsyncIterable<Uint8Array>,
  file: string,
  options: CsvOptions,
  { wanted = [], mayRepeat }: ExpectedColumns = {},
): Promise<CsvTable> {
  const { skipLines = 0 } = options;
  const texts = withoutLines(textOf(pieces, file, options.encoding), skipLines);
  const first = await texts.next();
  const start = first.done ? '' : first.value;
  const delimiter = options.delimiter ?? findDelimiter(start);
  const batches = csvRecords(resumed(start, texts), file, delimiter, skipLines + 1);
  try {
    let beginning: readonly CsvRecord[] = [];
    while (beginning.length === 0) {
      const batch = await batches.next();
      if (batch.done) break;
      beginning = batch.value;
    }
    const { names, rowsFrom } = headerOf(beginning, file, options.header, wanted, mayRepeat);
    if (names.length > mostColumns)
      throw malformed(
        file,
        beginning[0]?.line ?? 1,
        `${names.length} columns; the most is ${mostColumns}: leave out those that are not needed, or say "transposed" ` +
          'in the csv section of the schema where the columns are the samples',
      );
    const rows = rowsOf(beginning.slice(rowsFrom), batches, names, file);
    return { names, delimiter, rows, files: [file], close: () => batches.return(undefined) };
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
