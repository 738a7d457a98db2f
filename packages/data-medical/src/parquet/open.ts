import { FedwardError, isFedwardError } from '@fedward/core';
import {
  canonicalText,
  malformed,
  type ArrayCell,
  type ColumnNote,
  type TableSource,
  type TextRow,
} from '@fedward/kit-tables';
import type { ColumnMetaData, RowGroup } from 'hyparquet';
import { mostColumns } from '../limits.js';
import { readChunk } from './chunk.js';
import { columnsOf, isRead, type ParquetColumn, type UnreadColumn } from './columns.js';
import { openParquetFile, type ParquetFile } from './file.js';

/** Cells of a row group, and bytes of it when it is not compressed: it is held whole. */
const mostCells = 2 ** 26;
const mostBytes = 2 ** 31;

const batchRows = 1024;

/**
 * Opens a Parquet file as a source of rows. Whole numbers and decimals are exact, booleans are `true` and `false`, dates are
 * ISO 8601, null is '' and NaN is `NaN`; a list of numbers is an array. The line of a row is its number, from 1 on. One
 * row group is held at a time, of which only the columns that are wanted are read.
 *
 * @param wanted columns that will be asked for, such as `columnsRead(schema)`. Default: all, of which none may be nested
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID; DATA_MALFORMED for what is no Parquet or cut short, and a column that
 * is nested or of a type that is not read, by name; later for what is damaged
 */
export async function openParquet(file: string, wanted: readonly string[] = []): Promise<TableSource> {
  const parquet = await openParquetFile(file);
  try {
    const columns = attempt(() => columnsOf(parquet.metadata), file, 'its footer is damaged');
    const names = columns.map(({ name }) => name);
    assertNames(names, file);
    const asked = new Set(wanted.map(canonicalText));
    // Where one is not there, all names are shown to whoever asks for it.
    const known = asked.size > 0 && [...asked].every((name) => names.includes(name));
    const chosen = known
      ? columns.filter(({ name }) => asked.has(name))
      : asked.size > 0
        ? columns.filter(isRead)
        : columns;
    const unread = chosen.find((column): column is UnreadColumn => !isRead(column));
    if (unread)
      throw new FedwardError(
        'DATA_MALFORMED',
        `${file}: column "${unread.name}" ${unread.why}${known ? '' : '; say which of the others are wanted'}`,
        unread.name,
      );
    const read = chosen.filter(isRead);
    const groups = attempt(
      () => parquet.metadata.row_groups.map((group) => surveyed(group, read)),
      file,
      'its footer is damaged',
    );
    if (groups.reduce((sum, { rows }) => sum + rows, 0) !== Number(parquet.metadata.num_rows))
      throw new FedwardError('DATA_MALFORMED', `${file}: its row groups have not the rows that it says`, file);
    const notes: Record<string, ColumnNote> = {};
    for (const { name, isBoolean } of read) if (isBoolean) notes[name] = { levels: ['false', 'true'] };
    const rows = rowsOf(parquet, groups, read);
    const left = columns.filter((column): column is UnreadColumn => !isRead(column));
    return {
      names: read.map(({ name }) => name),
      rows,
      notes,
      remarks: () => left.map(({ name, why }) => `${file}: column "${name}" ${why}.`),
      files: [file],
      close: async () => {
        await rows.return(undefined);
        await parquet.close();
      },
    };
  } catch (error) {
    await parquet.close();
    throw error;
  }
}

/** Where the values of a column are in a row group. */
interface Chunk {
  readonly meta: ColumnMetaData;
  readonly start: number;
  readonly end: number;
}

interface Group {
  readonly rows: number;
  /** In the order of the columns. */
  readonly chunks: readonly Chunk[];
}

function surveyed(group: RowGroup, columns: readonly ParquetColumn[]): Group {
  const rows = Number(group.num_rows);
  if (!Number.isSafeInteger(rows) || rows < 0) throw new Error('a row group of no size');
  if (rows * columns.length > mostCells)
    throw new Error(`a row group of ${rows} rows and ${columns.length} columns: ${mostCells} cells are the most`);
  let bytes = 0;
  const chunks = columns.map(({ name, key }): Chunk => {
    const meta = group.columns.find((chunk) => chunk.meta_data?.path_in_schema.join('.') === key)?.meta_data;
    if (!meta) throw new Error(`a row group without column "${name}"`);
    const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
    const values = Number(meta.num_values);
    bytes += Number(meta.total_uncompressed_size);
    if (!(values >= 0 && values <= mostCells && bytes >= 0 && bytes <= mostBytes))
      throw new Error('a row group that is too large to be held');
    return { meta, start, end: start + Number(meta.total_compressed_size) };
  });
  return { rows, chunks };
}

async function* rowsOf(
  parquet: ParquetFile,
  groups: readonly Group[],
  columns: readonly ParquetColumn[],
): AsyncGenerator<readonly TextRow[]> {
  const { file } = parquet;
  const lengths = new Map<string, number>();
  let line = 1;
  for (const { rows, chunks } of groups) {
    const values: ArrayLike<unknown>[] = [];
    for (const [i, column] of columns.entries()) {
      const { meta, start, end } = chunks[i]!;
      const bytes = await parquet.bytes(start, end);
      const read = () => readChunk(bytes, meta, column, rows);
      values.push(attempt(read, file, 'its pages are damaged, or not read', column.name));
    }
    for (let from = 0; from < rows; from += batchRows) {
      const count = Math.min(batchRows, rows - from);
      yield Array.from({ length: count }, (_, i) => rowOf(columns, values, from + i, line + i, file, lengths));
      line += count;
    }
  }
}

function rowOf(
  columns: readonly ParquetColumn[],
  values: readonly ArrayLike<unknown>[],
  row: number,
  line: number,
  file: string,
  lengths: Map<string, number>,
): TextRow {
  const arrays: Record<string, ArrayCell> = {};
  let hasArrays = false;
  const fields = columns.map(({ name, text }, i) => {
    const value = values[i]![row];
    if (value === null) return '';
    const cell = text ? text(value) : arrayOf(value);
    if (cell === undefined)
      throw malformed(file, line, text ? 'a value that is none of its type' : 'a list that is none of numbers', name);
    if (typeof cell === 'string') return cell;
    const length = lengths.get(name) ?? cell.values.length;
    if (cell.values.length !== length)
      throw malformed(file, line, `a list of ${cell.values.length} numbers where those before have ${length}`, name);
    lengths.set(name, length);
    arrays[name] = cell;
    hasArrays = true;
    return '';
  });
  return { line, fields, ...(hasArrays ? { arrays } : undefined) };
}

/** A list as an array; NaN for a number that is not there. @returns undefined where it has something else in it */
function arrayOf(value: unknown): ArrayCell | undefined {
  if (!Array.isArray(value) && !ArrayBuffer.isView(value)) return undefined;
  const list = value as ArrayLike<unknown>;
  const values = new Float64Array(list.length);
  for (let i = 0; i < list.length; i++) {
    const number = list[i];
    if (number === null) values[i] = NaN;
    else if (typeof number === 'number') values[i] = number;
    else if (typeof number === 'bigint' && Number.isSafeInteger(Number(number))) values[i] = Number(number);
    else return undefined;
  }
  return { shape: [values.length], values };
}

function assertNames(names: readonly string[], file: string): void {
  if (names.length > mostColumns)
    throw new FedwardError('DATA_MALFORMED', `${file}: ${names.length} columns; the most is ${mostColumns}`, file);
  const seen = new Set<string>();
  const double = names.find((name) => seen.size === seen.add(name).size);
  if (double !== undefined)
    throw new FedwardError('DATA_MALFORMED', `${file}: two columns are called "${double}"`, double);
}

/** What a decoder throws at damaged bytes, told as what it is. */
function attempt<T>(work: () => T, file: string, what: string, column?: string): T {
  try {
    return work();
  } catch (cause) {
    if (isFedwardError(cause)) throw cause;
    const where = column === undefined ? file : `${file}, column "${column}"`;
    throw new FedwardError('DATA_MALFORMED', `${where}: ${what}: ${(cause as Error).message}`, column ?? file, {
      cause,
    });
  }
}
