import { FedwardError, parseWith } from '@fedward/core';
import type { ArrayCell, ColumnNote, TableSource, TextRow } from '@fedward/kit-tables';
import { openRead, readPieces } from '../files.js';
import { mostColumns } from '../limits.js';
import { ArrayRows, columnOf, type ArrayColumn, type Value } from './array.js';
import { ByteReader } from './bytes.js';
import { readHeader } from './header.js';
import { npzOptionsSchema, partsOf, setColumn, type NpzOptionsInput, type Part } from './parts.js';
import { openZip, type ZipEntry } from './zip.js';

/** Bytes of rows that are read at a time. */
const batchBytes = 2 ** 20;
const batchRows = 1024;

/** An array of which only the header was read. */
interface Stored {
  readonly column: ArrayColumn;
  /** In messages: file and array. */
  readonly what: string;
  readonly entry: ZipEntry;
}

/** What the one column of an NPY file is called. */
const npyColumn = 'values';

/**
 * Opens an array of NumPy (`.npy`) as a source of one column, `values`: of cells where it is [n] or [n, 1], otherwise of
 * arrays, one for each of the n rows.
 *
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID; DATA_MALFORMED for what is no array, is cut short or lies about its
 * shape, and for objects of Python, which are never read
 */
export async function openNpy(file: string): Promise<TableSource> {
  const handle = await openRead(file);
  const { size } = await handle.stat().finally(() => handle.close());
  const entry: ZipEntry = { name: npyColumn, bytes: size, pieces: () => readPieces(file) };
  const stored = new Map([[npyColumn, await survey(entry, file)]]);
  const parts = [{ arrays: new Map([[npyColumn, npyColumn]]) }];
  return sourceOf(parts, stored, file, () => Promise.resolve());
}

/**
 * Opens an archive of arrays of NumPy (`.npz`) as a source: arrays side by side are columns, sets of them (`train_images`,
 * `train_labels`, `test_images`, ...) come one after the other, with a column `set`. An array that is [n] or [n, 1] is a
 * column of cells, any other one of arrays. The line of a row is its number, from 1 on.
 *
 * Arrays are inflated as their rows are read; one in Fortran's order is held whole.
 *
 * @throws {FedwardError} as `openZip`, `openNpy` and `partsOf`
 */
export async function openNpz(file: string, options: NpzOptionsInput = {}): Promise<TableSource> {
  const checked = parseWith(npzOptionsSchema, options, 'the options of npz');
  const zip = await openZip(file);
  try {
    const entries = zip.entries.filter(({ name }) => name.endsWith('.npy'));
    if (entries.length === 0) throw new FedwardError('DATA_MALFORMED', `${file}: no array is in this archive`, file);
    if (entries.length > mostColumns)
      throw new FedwardError('DATA_MALFORMED', `${file}: more than ${mostColumns} arrays`, file);
    const asked = checked.parts && new Set(checked.parts.flatMap(({ arrays }) => Object.values(arrays)));
    const stored = new Map<string, Stored>();
    for (const entry of entries) {
      const name = entry.name.slice(0, -'.npy'.length);
      if (!asked || asked.has(name)) stored.set(name, await survey(entry, `${file}: array "${name}"`));
    }
    const columns = new Map([...stored].map(([name, { column }]) => [name, column]));
    return sourceOf(partsOf(columns, checked, file), stored, file, zip.close);
  } catch (error) {
    await zip.close();
    throw error;
  }
}

/** Looks at the header of an array, and at no more. */
async function survey(entry: ZipEntry, what: string): Promise<Stored> {
  const reader = new ByteReader(entry.pieces());
  try {
    const header = await readHeader(reader, entry.bytes, what, entry.name);
    return { column: columnOf(header, what, entry.name), what, entry };
  } finally {
    await reader.close();
  }
}

function sourceOf(
  parts: readonly Part[],
  stored: ReadonlyMap<string, Stored>,
  file: string,
  close: () => Promise<void>,
): TableSource {
  const columns = [...parts[0]!.arrays.keys()];
  const withSet = parts[0]!.set !== undefined;
  const notes: Record<string, ColumnNote> = withSet ? { [setColumn]: { levels: parts.map(({ set }) => set!) } } : {};
  for (const column of columns) {
    const found = parts.map(({ arrays }) => stored.get(arrays.get(column)!)!.column);
    if (new Set(found.map(({ shape }) => shape.length === 0)).size > 1)
      throw new FedwardError(
        'DATA_MALFORMED',
        `${file}: "${column}" has cells in one set and arrays in another`,
        column,
      );
    const [first] = found;
    const alike = found.every(({ shape }) => shape.join() === first!.shape.join());
    if (first!.shape.length > 0) notes[column] = alike ? { shape: first!.shape } : {};
    else if (found.every(({ isBoolean }) => isBoolean)) notes[column] = { levels: ['false', 'true'] };
  }
  const rows = rowsOf(parts, stored, columns);
  return {
    names: [...(withSet ? [setColumn] : []), ...columns],
    rows,
    notes,
    files: [file],
    close: async () => {
      await rows.return(undefined);
      await close();
    },
  };
}

async function* rowsOf(
  parts: readonly Part[],
  stored: ReadonlyMap<string, Stored>,
  columns: readonly string[],
): AsyncGenerator<readonly TextRow[]> {
  let line = 0;
  for (const { set, arrays } of parts) {
    const sides = columns.map((column) => stored.get(arrays.get(column)!)!);
    const { rows } = sides[0]!.column;
    const bytes = sides.reduce((sum, { column }) => sum + column.rowBytes, 0);
    const most = Math.max(1, Math.min(batchRows, Math.floor(batchBytes / bytes)));
    const readers = sides.map(({ entry }) => new ByteReader(entry.pieces()));
    try {
      const opened: ArrayRows[] = [];
      for (const [i, { column, what, entry }] of sides.entries())
        opened.push(
          new ArrayRows(readers[i]!, await readHeader(readers[i]!, entry.bytes, what, entry.name), column, what),
        );
      for (let from = 0; from < rows; from += most) {
        const count = Math.min(most, rows - from);
        const values: Value[][] = [];
        for (const array of opened) values.push(await array.next(count));
        // Check sums are at the end: nothing of the last rows is given away before them.
        if (from + count === rows) for (const array of opened) await array.finish();
        const start = line;
        line += count;
        yield Array.from({ length: count }, (_, i) =>
          rowOf(
            start + i + 1,
            set,
            columns,
            values.map((column) => column[i]!),
          ),
        );
      }
    } finally {
      for (const reader of readers) await reader.close();
    }
  }
}

function rowOf(line: number, set: string | undefined, columns: readonly string[], values: readonly Value[]): TextRow {
  const fields = values.map((value) => (typeof value === 'string' ? value : ''));
  const arrays: Record<string, ArrayCell> = {};
  let hasArrays = false;
  values.forEach((value, i) => {
    if (typeof value === 'string') return;
    arrays[columns[i]!] = value;
    hasArrays = true;
  });
  return { line, fields: set === undefined ? fields : [set, ...fields], ...(hasArrays ? { arrays } : undefined) };
}
