import { FedwardError } from '@fedward/core';
import { isUsable } from '../scale/scaling.js';
import { cellsOf, type ArrayColumn } from '../schema/columns.js';
import { canonicalText } from '../values/equality.js';
import { missingIn, numberCheck, readNumber, tooLarge, type Spelling } from './cells.js';
import { locate } from './locate.js';
import { malformed, place, type RowPlace } from './place.js';
import type { TextRow } from './text-row.js';

/** Reads the numbers of a row into the places of their column. @returns whether all are there */
export type ArrayReader = (row: TextRow, into: Float64Array, start: number, at: RowPlace) => boolean;

/** Names of the columns of a source that a column of arrays is read from. */
export function sourcesOf({ name, from }: ArrayColumn, names: readonly string[], file: string): string[] {
  if (from === undefined) return [canonicalText(name)];
  if (!('first' in from)) return from.map(canonicalText);
  const [first, last] = locate([from.first, from.last].map(canonicalText), names, file) as [number, number];
  if (last < first)
    throw new FedwardError('DATA_MALFORMED', `${file}: column "${from.last}" stands before "${from.first}"`, name);
  return names.slice(first, last + 1);
}

/**
 * How the arrays of a column are read: from cells that hold them, or from one column a number.
 * @param onOutside as `numberCheck` has it
 * @throws {FedwardError} DATA_MALFORMED where they have not the size that the column declares
 */
export function arrayReader(
  column: ArrayColumn,
  names: readonly string[],
  spelling: Spelling,
  file: string,
  onOutside: () => void,
): ArrayReader {
  const check = numberCheck(column, onOutside);
  return column.from === undefined
    ? arraysFromCells(column, check)
    : arraysFromColumns(column, locate(sourcesOf(column, names, file), names, file), { spelling, file, check });
}

type NumberCheck = ReturnType<typeof numberCheck>;

function arraysFromCells(column: ArrayColumn, check: NumberCheck): ArrayReader {
  const { name, shape } = column;
  const size = cellsOf(column);
  return ({ arrays }, into, start, at) => {
    const cell = arrays?.[canonicalText(name)];
    if (!cell) return absent(column, at, 'there is no array');
    if (!sameShape(cell.shape, shape))
      throw malformed(
        at.file,
        at.line,
        `an array of shape [${cell.shape.join(', ')}] where the schema says [${shape.join(', ')}]`,
        name,
      );
    const { values } = cell;
    for (let i = 0; i < size; i++) {
      const value = values[i]!;
      if (!isUsable(value, column)) {
        // Formats of signals mark samples that were not taken by NaN.
        if (Number.isNaN(value)) return absent(column, at, 'a sample is missing');
        throw new FedwardError('DATA_NOT_FINITE', `${place(at.file, at.line, name)}: ${tooLarge}`, name);
      }
      const kept = check(value, at);
      if (kept === undefined) return absent(column, at, 'a number is missing');
      into[start + i] = kept;
    }
    return true;
  };
}

/** A trailing dimension of 1 may be left out: a grey image, a single channel. */
function sameShape(found: readonly number[], wanted: readonly number[]): boolean {
  const plain = (shape: readonly number[]): string => {
    let end = shape.length;
    while (end > 1 && shape[end - 1] === 1) end--;
    return shape.slice(0, end).join();
  };
  return plain(found) === plain(wanted);
}

function arraysFromColumns(
  column: ArrayColumn,
  positions: readonly number[],
  { spelling, file, check }: { readonly spelling: Spelling; readonly file: string; readonly check: NumberCheck },
): ArrayReader {
  const { name, shape } = column;
  const size = cellsOf(column);
  if (positions.length !== size)
    throw new FedwardError(
      'DATA_MALFORMED',
      `${file}: column "${name}" has shape [${shape.join(', ')}] and is read from ${positions.length} columns`,
      name,
    );
  const isMissing = missingIn(column, spelling);
  return ({ fields }, into, start, at) => {
    for (let i = 0; i < size; i++) {
      const cell = fields[positions[i]!]!;
      const value = isMissing(cell) ? undefined : check(readNumber(cell, column, spelling.decimal, at), at);
      if (value === undefined) return absent(column, at, 'a number is missing');
      into[start + i] = value;
    }
    return true;
  };
}

function absent({ name, missing }: ArrayColumn, { file, line }: RowPlace, what: string): false {
  if (missing === 'drop-row') return false;
  throw malformed(file, line, `${what}: "missing": "drop-row" in the schema leaves such rows out`, name);
}
