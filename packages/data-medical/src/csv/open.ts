import { parseWith } from '@fedward/core';
import type { TableSource } from '@fedward/kit-tables';
import { readPieces } from '../files.js';
import { csvOptionsSchema, type CsvOptions, type CsvOptionsInput } from './options.js';
import { openPlainCsv, type CsvTable } from './table.js';
import { openTransposed } from './transposed.js';

/**
 * Opens a CSV file as a source of rows.
 *
 * @param options delimiter, header, encoding, lines to skip, whether its columns are the samples (see `csvOptionsSchema`)
 * @param wanted columns that will be asked for, such as `columnsRead(schema)`: a line that has them all is a header
 * @throws {FedwardError} CONFIG_INVALID, FILE_NOT_FOUND, FILE_INVALID, or DATA_MALFORMED with file and line; later as well,
 * as rows are read
 */
export async function openCsvSource(
  file: string,
  options: CsvOptionsInput = {},
  wanted: readonly string[] = [],
): Promise<TableSource> {
  return openCsv(() => readPieces(file), file, parseWith(csvOptionsSchema, options, 'the CSV options'), wanted);
}

/**
 * `openCsvSource` for bytes from anywhere.
 *
 * @param pieces gives the bytes from the beginning on; asked for once, and again for a file that is turned
 * @param file its name, for messages
 */
export async function openCsv(
  pieces: () => AsyncIterable<Uint8Array>,
  file: string,
  options: CsvOptions,
  wanted: readonly string[] = [],
): Promise<CsvTable> {
  const { transposed } = options;
  return transposed
    ? openTransposed(pieces, file, options, transposed)
    : openPlainCsv(pieces(), file, options, { wanted });
}
