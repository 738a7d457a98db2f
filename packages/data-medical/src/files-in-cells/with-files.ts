import { extname } from 'node:path';
import { assertInteger, hasCode } from '@fedward/core';
import {
  canonicalText,
  malformed,
  missingTokens,
  place,
  usualMissing,
  type ArrayCell,
  type ArrayColumn,
  type TableSource,
  type TextRow,
} from '@fedward/kit-tables';
import { refused } from '../images/failure.js';
import { FolderFiles } from './folder-files.js';
import { imageReaders, type CellFileReaders } from './readers.js';
import { resized } from './resized.js';

/** Of `withFiles`. */
export interface FilesOptions {
  /** The table's name, for messages. Default: its first file, or the folder. */
  readonly file?: string;
  /** Beside those of images, or instead of them. */
  readonly readers?: CellFileReaders;
  /** What a cell holds that names no file. Default `usualMissing`, and what the column says. */
  readonly missing?: readonly string[];
  /** Files that are read at one time, and so the most that are in memory. Default 8. */
  readonly inFlight?: number;
}

/** A table whose rows bring the numbers of the files that they name. */
export interface SourceWithFiles extends TableSource {
  /** SHA-256, hexadecimal, of each file that was read so far, by its path. */
  readonly digests: ReadonlyMap<string, string>;
}

/**
 * Reads the files that a column names: each cell is a path relative to the table's folder and never leads out of it, by
 * `..`, from the root, or by a link. Several are read at one time; rows keep their order. An image column with `resize` has
 * its images brought to the size that it declares.
 *
 * A file that is not there or can't be read is an error with row and column. With `missing: 'drop-row'` the row is left
 * without numbers, so that it is dropped, and `remarks()` says how many for which reason.
 *
 * @param column one without `from`
 * @param folder the table's
 * @throws {FedwardError} DATA_MALFORMED where the source has no such column. Later, with file, line and column, never with
 *   the path: DATA_MALFORMED for a path that leads out, and for a damaged file; FILE_NOT_FOUND; FILE_INVALID; CONFIG_INVALID
 *   for a codec that is not installed
 */
export function withFiles(
  source: TableSource,
  column: ArrayColumn,
  folder: string,
  options: FilesOptions = {},
): SourceWithFiles {
  const { file = source.files[0] ?? folder, inFlight = 8, missing = usualMissing } = options;
  assertInteger('inFlight', inFlight, 1, 1024);
  const readers: CellFileReaders = { ...imageReaders, ...options.readers };
  const name = canonicalText(column.name);
  const at = source.names.indexOf(name);
  if (at < 0 && source.names.length > 0) throw malformed(file, 1, 'there is no such column', column.name);
  const isMissing = missingTokens([...missing, ...(column.missingTokens ?? [])], '.');
  const files = new FolderFiles(folder);
  const unread = new Map<string, number>();

  const cellOf = async (cell: string, line: number): Promise<ArrayCell | undefined> => {
    // A recording is called by its record's name, as a list of records has it: its header has an ending more.
    const path = column.kind === 'signal' && extname(cell) === '' ? `${cell}.hea` : cell;
    const called = place(file, line, column.name);
    const found = files.file(path, called); // a path that leads out is no matter of one row
    try {
      const read = readers[extname(path).toLowerCase()];
      if (!read) throw refused(called, `no reader is there for such a file; there are some for ${known(readers)}`);
      const numbers = await read(found);
      return column.kind === 'image' && column.resize ? resized(numbers, column.shape) : numbers;
    } catch (error) {
      const reason = column.missing === 'drop-row' ? whyUnread(error) : undefined;
      if (reason === undefined) throw error;
      unread.set(reason, (unread.get(reason) ?? 0) + 1);
      return undefined;
    }
  };
  const rowWith = async (row: TextRow): Promise<TextRow> => {
    const path = row.fields[at]!;
    if (isMissing.has(path)) return row;
    const cell = await cellOf(path, row.line);
    return cell ? { ...row, fields: row.fields.with(at, ''), arrays: { ...row.arrays, [name]: cell } } : row;
  };

  return {
    names: source.names,
    rows: inOrder(source.rows, rowWith, inFlight),
    ...(source.notes && { notes: source.notes }),
    remarks: () => [
      ...(source.remarks?.() ?? []),
      ...inOrderOf(unread).map(([reason, rows]) => `${rows} rows without "${column.name}": ${reason}`),
    ],
    get files() {
      return [...source.files, ...this.digests.keys()];
    },
    get digests() {
      return new Map(inOrderOf(files.digests));
    },
    close: () => source.close(),
  };
}

/** By their keys: which file was read first is chance. */
function inOrderOf<V>(entries: ReadonlyMap<string, V>): [string, V][] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Such as `.dcm, .png`. */
function known(readers: CellFileReaders): string {
  return Object.keys(readers).sort().join(', ');
}

/** Why a row may be left out; undefined for what is to be put right instead, such as a codec that is not installed. */
function whyUnread(error: unknown): string | undefined {
  if (hasCode(error, 'FILE_NOT_FOUND')) return 'the file is not there';
  if (hasCode(error, 'FILE_INVALID')) return 'the file is of a kind that can not be read';
  return hasCode(error, 'DATA_MALFORMED') || hasCode(error, 'DATA_NOT_FINITE') ? 'the file is damaged' : undefined;
}

type Settled<T> = { readonly value: T } | { readonly error: unknown };

/** Rows as `change` makes them, one at a time in their order, while those behind are already being changed. */
async function* inOrder(
  batches: AsyncGenerator<readonly TextRow[]>,
  change: (row: TextRow) => Promise<TextRow>,
  inFlight: number,
): AsyncGenerator<readonly TextRow[]> {
  const queue: Promise<Settled<TextRow>>[] = [];
  const first = async (): Promise<readonly TextRow[]> => {
    const settled = await queue.shift()!;
    if ('error' in settled) throw settled.error;
    return [settled.value];
  };
  try {
    for await (const batch of batches)
      for (const row of batch) {
        if (queue.length >= inFlight) yield await first();
        queue.push(
          change(row).then(
            (value) => ({ value }),
            (error: unknown) => ({ error }), // told when its turn comes
          ),
        );
      }
    while (queue.length > 0) yield await first();
  } finally {
    await Promise.all(queue);
  }
}
