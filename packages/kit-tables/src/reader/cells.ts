import { FedwardError } from '@fedward/core';
import { isUsable } from '../scale/scaling.js';
import { isArray, type ArrayColumn, type Column, type Level } from '../schema/columns.js';
import {
  canonicalText,
  hasGroupsOfThree,
  hasUnit,
  missingTokens,
  parseNumber,
  valueKey,
  type DecimalMark,
  type MissingTokens,
} from '../values/equality.js';
import { dateOf } from './dates.js';
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

/** A column whose rows have one value each. */
type ValueColumn = Exclude<Column, ArrayColumn>;

/**
 * How the cells of a column are read: to a number, to days, or to the position of a level.
 * @param onOutside as `numberCheck` has it
 */
export function cellReader(column: ValueColumn, { missing, decimal }: Spelling, onOutside: () => void): CellReader {
  const { name } = column;
  const isMissing = missingIn(column, { missing, decimal });
  const absent = ({ file, line }: RowPlace): false => {
    if (column.missing !== 'error') return false;
    throw malformed(file, line, 'there is no value: "missing": "drop-row" in the schema leaves such rows out', name);
  };
  if (column.kind === 'numeric') {
    const check = numberCheck(column, onOutside);
    return (cell, into, position, at) => {
      if (isMissing(cell)) return absent(at);
      const value = check(readNumber(cell, column, decimal, at), at);
      if (value === undefined) return absent(at);
      into[position] = value;
      return true;
    };
  }
  if (column.kind === 'date') {
    const since = dateOf(column.since ?? '1970-01-01')!;
    return (cell, into, position, at) => {
      if (isMissing(cell)) return absent(at);
      const found = dateOf(cell);
      if (found === undefined)
        throw malformed(at.file, at.line, 'not a date such as 2024-01-31 or 2024-01-31T08:30', name);
      into[position] = (found - since) / millisecondsADay;
      return true;
    };
  }

  const { levels } = column;
  const find = valueFinder(levels, decimal);
  return (cell, into, position, at) => {
    const found = find(cell); // before what is missing: a declared level may be spelled NA
    if (found === undefined) {
      if (isMissing(cell)) return absent(at);
      throw malformed(at.file, at.line, `not one of the declared levels ${levels.join(', ')}`, name);
    }
    into[position] = found;
    return true;
  };
}

const millisecondsADay = 86_400_000;

/** Whether a cell of a column has no value: by what the source says, or the column itself. */
export function missingIn({ missingTokens: own }: Column, { missing, decimal }: Spelling): (cell: string) => boolean {
  if (own === undefined) return (cell) => missing.has(cell);
  const tokens = missingTokens(own, decimal);
  return (cell) => missing.has(cell) || tokens.has(cell);
}

/**
 * Looks at a number as its column declares.
 * @param onOutside is told of each number beyond what is allowed that is no error
 * @returns what is kept of it; undefined where it stands for no value
 * @throws {FedwardError} DATA_MALFORMED with its place, never with the number
 */
export function numberCheck(
  column: Extract<Column, { readonly kind: 'numeric' }> | ArrayColumn,
  onOutside: () => void,
): (value: number, at: RowPlace) => number | undefined {
  const { name, allowed, outside = 'error', zeroIsMissing = false, transform } = column;
  return (value, at) => {
    if (zeroIsMissing && value === 0) return undefined;
    let kept = value;
    if (allowed && !(value >= allowed[0] && value <= allowed[1])) {
      if (outside === 'error')
        throw malformed(
          at.file,
          at.line,
          `the number is not within what is allowed, ${allowed[0]} to ${allowed[1]}: correct it, or say "outside": "missing"`,
          name,
        );
      onOutside();
      if (outside === 'missing') return undefined;
      kept = value < allowed[0] ? allowed[0] : allowed[1];
    }
    if (transform && !(kept > 0))
      throw malformed(at.file, at.line, `${transform} of a number that is not above zero: declare "allowed"`, name);
    return kept;
  };
}

/** What is said of a number that no feature can be. */
export const tooLarge = 'the number is too large: beyond 3.4e38 there is no float32';

/** A cell of text as a number of its column. @throws {FedwardError} DATA_MALFORMED or DATA_NOT_FINITE with its place */
export function readNumber(
  cell: string,
  column: Extract<Column, { readonly kind: 'numeric' }> | ArrayColumn,
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

/** True for a column whose rows have one value each. */
export function isValue(column: Column): column is ValueColumn {
  return !isArray(column);
}
