import { FedwardError } from '@fedward/core';
import { place, usualMissing } from '@fedward/kit-tables';
import { csvOptionsSchema } from '../csv/options.js';
import { openCsv } from '../csv/open.js';
import { readPieces } from '../files.js';
import { namesIn } from './folder.js';
import { join } from 'node:path';

/** A row of a table: its cells by the names of columns in upper case; '' for a cell without a value, or no such column. */
export interface CsvRow {
  cell(column: string): string;
  /** For messages. */
  readonly place: string;
  readonly line: number;
}

const missing = new Set([...usualMissing, '\\N']);
const options = csvOptionsSchema.parse({ header: true });

/**
 * Hands out the rows of a CSV file one by one. Names of columns are compared without regard to case, as some exports of OMOP
 * have them in upper case and others in lower.
 *
 * @param columns of each list at least one has to be there, in upper case
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID; DATA_MALFORMED for a column that is not there, or a damaged row
 */
export async function eachRow(
  file: string,
  columns: readonly (readonly string[])[],
  take: (row: CsvRow) => void,
): Promise<void> {
  const csv = await openCsv(() => readPieces(file), file, options);
  try {
    const positions = new Map<string, number>();
    csv.names.forEach((name, i) => {
      if (positions.has(name.toUpperCase()))
        throw new FedwardError(
          'DATA_MALFORMED',
          `${file}: column ${i + 1} has the name of another, but for its case`,
          file,
        );
      positions.set(name.toUpperCase(), i);
    });
    for (const choices of columns)
      if (!choices.some((name) => positions.has(name)))
        throw new FedwardError('DATA_MALFORMED', `${file}: there is no column ${choices.join(' or ')}`, choices[0]);
    for await (const batch of csv.rows)
      for (const { line, fields } of batch) {
        if (fields.every((field) => field === '')) continue;
        const cell = (column: string): string => {
          const position = positions.get(column);
          const text = position === undefined ? '' : fields[position]!;
          return missing.has(text) ? '' : text;
        };
        take({ cell, line, place: place(file, line) });
      }
  } finally {
    await csv.close();
  }
}

/** Finds the files of tables in a folder, whatever the case of their names. */
export class TableFolder {
  private constructor(
    readonly folder: string,
    private readonly names: readonly string[],
  ) {}

  /** @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID */
  static async open(folder: string): Promise<TableFolder> {
    return new TableFolder(folder, await namesIn(folder));
  }

  /** @throws {FedwardError} DATA_MALFORMED where two files are one table */
  find(table: string): string | undefined {
    const found = this.names.filter(
      (name) => /\.(csv|tsv)$/i.test(name) && name.slice(0, -4).toUpperCase() === table.toUpperCase(),
    );
    if (found.length > 1)
      throw new FedwardError(
        'DATA_MALFORMED',
        `${this.folder} has ${found.length} files of the table ${table}: ${found.join(', ')}`,
        table,
      );
    return found[0] === undefined ? undefined : join(this.folder, found[0]);
  }

  /** @throws {FedwardError} FILE_NOT_FOUND naming the table */
  need(table: string): string {
    const file = this.find(table);
    if (file === undefined)
      throw new FedwardError(
        'FILE_NOT_FOUND',
        `there is no table ${table} (${table}.csv) in ${this.folder}`,
        join(this.folder, `${table}.csv`),
      );
    return file;
  }
}
