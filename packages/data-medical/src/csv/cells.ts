import { FedwardError } from '@fedward/core';
import type { Column, LabelColumn, Level } from '../schema.js';
import type { DeclaredScaling } from '../scaling.js';
import { shownLevels } from '../schema.js';
import {
  canonicalText,
  hasGroupsOfThree,
  hasUnit,
  parseNumber,
  valueKey,
  type DecimalMark,
  type MissingTokens,
} from './equality.js';
import { malformed, place } from './records.js';

/** Where a cell is. */
export interface CellPlace {
  readonly file: string;
  readonly line: number;
}

/** How cells are written in a file. */
export interface Spelling {
  readonly missing: MissingTokens;
  readonly decimal: DecimalMark;
}

/**
 * Writes one cell as features.
 * @returns why the row is to be left out; undefined where it is not
 * @throws {FedwardError} DATA_MALFORMED or DATA_NOT_FINITE with file, line and column
 */
export type CellEncoder = (cell: string, into: Float64Array, offset: number, at: CellPlace) => string | undefined;

/** How the cells of a column are read; `width` is how many features they become. */
export function columnEncoder(column: Column, { missing, decimal }: Spelling): { width: number; encode: CellEncoder } {
  const { name } = column;
  const absent = ({ file, line }: CellPlace): string => {
    if (column.missing === 'drop-row') return noValueIn(name);
    throw malformed(file, line, 'there is no value: "missing": "drop-row" in the schema leaves such rows out', name);
  };
  if (column.kind === 'numeric')
    return {
      width: 1,
      encode(cell, into, offset, at) {
        if (missing.has(cell)) return absent(at);
        into[offset] = readNumber(cell, column, decimal, at);
        return undefined;
      },
    };

  const { levels } = column;
  const find = valueFinder(levels, decimal);
  const read = (cell: string, at: CellPlace): number | undefined => {
    const found = find(cell); // before `missing`: a declared level may be spelled NA
    if (found === undefined && !missing.has(cell))
      throw malformed(at.file, at.line, `not one of the declared levels ${levels.join(', ')}`, name);
    return found;
  };
  if (column.kind === 'binary')
    return {
      width: 1,
      encode(cell, into, offset, at) {
        const found = read(cell, at);
        if (found === undefined) return absent(at);
        into[offset] = found;
        return undefined;
      },
    };

  const width = shownLevels(column).length;
  const dropped = levels.length - width;
  return {
    width,
    encode(cell, into, offset, at) {
      const found = read(cell, at);
      if (found === undefined) return absent(at);
      if (found >= dropped) into[offset + found - dropped] = 1;
      return undefined;
    },
  };
}

/** Why a row is left out that lacks a value. */
export function noValueIn(column: string): string {
  return `no value in ${column}`;
}

/**
 * How the cells of the label are read: to a class number or a value, or undefined where the row is to be left
 * out.
 * @throws {FedwardError} LABEL_INVALID with file, line and column
 */
export function labelReader(
  label: LabelColumn,
  { missing, decimal }: Spelling,
): (cell: string, at: CellPlace) => number | undefined {
  const { name } = label;
  const refuse = ({ file, line }: CellPlace, what: string): never => {
    throw new FedwardError('LABEL_INVALID', `${place(file, line, name)}: ${what}`, name);
  };
  const absent = (at: CellPlace): undefined =>
    label.missing === 'drop-row' ? undefined : refuse(at, 'there is no value');
  if (label.kind === 'value')
    return (cell, at) => {
      if (missing.has(cell)) return absent(at);
      const value = parseNumber(cell, decimal);
      if (value === undefined) return refuse(at, notANumber(cell, decimal));
      return isUsable(value, label) ? value : refuse(at, tooLarge);
    };

  const classOf = label.classes.flatMap(({ values }, c) => values.map(() => c));
  const find = valueFinder(
    label.classes.flatMap(({ values }) => values),
    decimal,
  );
  const known = label.classes.map((c) => `${c.name} (${c.values.join(', ')})`).join('; ');
  return (cell, at) => {
    const found = find(cell);
    if (found !== undefined) return classOf[found]!;
    return missing.has(cell) ? absent(at) : refuse(at, `not a value of one of the classes ${known}`);
  };
}

const tooLarge = 'the number is too large: beyond 3.4e38 there is no float32';

function readNumber(
  cell: string,
  column: Column & { kind: 'numeric' },
  decimal: DecimalMark,
  { file, line }: CellPlace,
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

/** A number that will be cut to what its column declares need not fit into float32 before. */
function isUsable(value: number, { scale, range }: DeclaredScaling): boolean {
  return Number.isFinite(scale || range ? value : Math.fround(value));
}

/** What is wrong with a cell that should be a number, as far as its marks tell. */
function notANumber(cell: string, decimal: DecimalMark): string {
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
