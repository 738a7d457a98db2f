import { FedwardError } from '@fedward/core';
import { isUsable } from '../scale/scaling.js';
import type { Column, Level } from '../schema/columns.js';
import {
  canonicalText,
  hasGroupsOfThree,
  hasUnit,
  parseNumber,
  valueKey,
  type DecimalMark,
  type MissingTokens,
} from '../values/equality.js';
import { malformed, place, type RowPlace } from './place.js';

/** How cells are written in a source. */
export interface Spelling {
  readonly missing: MissingTokens;
  readonly decimal: DecimalMark;
}

/**
 * Reads one cell into the place of its column.
 * @returns whether there is a value; where there is none, nothing is written
 * @throws {FedwardError} DATA_MALFORMED or DATA_NOT_FINITE with file, line and column
 */
export type CellReader = (cell: string, into: Float64Array, position: number, at: RowPlace) => boolean;

/** How the cells of a column are read: to a number, or to the position of a level. */
export function cellReader(column: Column, { missing, decimal }: Spelling): CellReader {
  const { name } = column;
  const absent = ({ file, line }: RowPlace): false => {
    if (column.missing !== 'error') return false;
    throw malformed(file, line, 'there is no value: "missing": "drop-row" in the schema leaves such rows out', name);
  };
  if (column.kind === 'numeric')
    return (cell, into, position, at) => {
      if (missing.has(cell)) return absent(at);
      into[position] = readNumber(cell, column, decimal, at);
      return true;
    };

  const { levels } = column;
  const find = valueFinder(levels, decimal);
  return (cell, into, position, at) => {
    const found = find(cell); // before `missing`: a declared level may be spelled NA
    if (found === undefined) {
      if (missing.has(cell)) return absent(at);
      throw malformed(at.file, at.line, `not one of the declared levels ${levels.join(', ')}`, name);
    }
    into[position] = found;
    return true;
  };
}

/** What is said of a number that no feature can be. */
export const tooLarge = 'the number is too large: beyond 3.4e38 there is no float32';

function readNumber(
  cell: string,
  column: Column & { kind: 'numeric' },
  decimal: DecimalMark,
  { file, line }: RowPlace,
): number {
  const value = parseNumber(cell, decimal);
  const { name } = column;
  const refuse = (what: string) => new FedwardError('DATA_NOT_FINITE', `${place(file, line, name)}: ${what}`, name);
  if (value === undefined) {
    if (/^[+-]?(inf|infinity|nan)$/i.test(cell)) throw refuse('not a finite number');
    throw malformed(file, line, notANumber(cell, decimal), name);
  }
  if (!isUsable(value, column)) throw refuse(tooLarge);
  return value;
}

/** What is wrong with a cell that should be a number, as far as its marks tell. */
export function notANumber(cell: string, decimal: DecimalMark): string {
  const other = decimal === '.' ? ',' : '.';
  return parseNumber(cell, other) === undefined
    ? `not a number${hasUnit(cell) ? ': there is a unit or a percent sign behind it, to be taken off' : ''}`
    : `not a number where the decimal mark is "${decimal}": if it is "${other}" here, say "decimal": "${other}" in the ` +
        `csv section of the schema${hasGroupsOfThree(cell) ? '; if it parts thousands, take it out' : ''}`;
}

/** Position of a cell's level, or another listed value, by the one rule of `valueKey`. */
export function valueFinder(levels: readonly Level[], decimal: DecimalMark): (cell: string) => number | undefined {
  const spelled = new Map(levels.map((level, i) => [String(level), i]));
  const positions = new Map(levels.map((level, i) => [valueKey(String(level).trim()), i]));
  return (cell) => spelled.get(cell) ?? positions.get(valueKey(canonicalText(cell), decimal));
}
