import { parseWith } from '@fedward/core';
import type { TableSource } from '@fedward/kit-tables';
import { readPieces } from '../files.js';
import { csvOptionsSchema, type CsvOptionsInput } from './options.js';
import { openCsv } from './table.js';

/**
 * Opens a CSV or TSV file: its delimiter is found unless it is told.
 * @param wanted columns that will be asked for
 * @throws {FedwardError} as `readCsvDataset`
 */
export async function openCsvSource(
  file: string,
  options: CsvOptionsInput = {},
  wanted: readonly string[] = [],
): Promise<TableSource> {
  const csv = await openCsv(readPieces(file), file, parseWith(csvOptionsSchema, options, 'the CSV options'), wanted);
  const { names, rows } = csv;
  return { names, rows, files: [file], delimiter: csv.delimiter, close: () => csv.close() };
}
