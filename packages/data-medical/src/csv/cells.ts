import { FedwardError } from '@fedward/core';
import type { Column, LabelColumn, Level } from '../schema.js';
import { shownLevels } from '../schema.js';
import { malformed, parseNumber, place } from './records.js';

/** Where a cell is. */
export interface CellPlace {
  readonly file: string;
  readonly line: number;
}

/**
 * Writes one cell as features.
 * @returns why the row is to be left out; undefined where it is not
 * @throws {FedwardError} DATA_MALFORMED or DATA_NOT_FINITE with file, line and column
 */
export type CellEncoder = (cell: string, into: Float32Array, offset: number, at: CellPlace) => string | undefined;

/** How the cells of a column are read; `width` is how many features they become. */
export function columnEncoder(column: Column, missing: ReadonlySet<string>): { width: number; encode: CellEncoder } {
  const { name } = column;
  const absent = ({ file, line }: CellPlace): string => {
    if (column.missing === 'drop-row') return noValueIn(name);
    throw malformed(file, line, 'there is no value', name);
  };
  if (column.kind === 'numeric')
    return {
      width: 1,
      encode(cell, into, offset, at) {
        if (missing.has(cell)) return absent(at);
        into[offset] = readNumber(cell, name, at);
        return undefined;
      },
    };

  const { levels } = column;
  const find = levelFinder(levels);
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
  missing: ReadonlySet<string>,
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
      const value = parseNumber(cell);
      return value !== undefined && Number.isFinite(Math.fround(value)) ? value : refuse(at, 'not a finite number');
    };

  const classOf = label.classes.flatMap(({ values }, c) => values.map(() => c));
  const find = levelFinder(label.classes.flatMap(({ values }) => values));
  const known = label.classes.map((c) => `${c.name} (${c.values.join(', ')})`).join('; ');
  return (cell, at) => {
    const found = find(cell);
    if (found !== undefined) return classOf[found]!;
    return missing.has(cell) ? absent(at) : refuse(at, `not a value of one of the classes ${known}`);
  };
}

function readNumber(cell: string, column: string, { file, line }: CellPlace): number {
  const value = parseNumber(cell);
  const infinite = value === undefined ? /^[+-]?(inf|infinity|nan)$/i.test(cell) : !Number.isFinite(Math.fround(value));
  if (infinite) throw new FedwardError('DATA_NOT_FINITE', `${place(file, line, column)}: no finite float32`, column);
  if (value === undefined) throw malformed(file, line, 'not a number', column);
  return value;
}

/** Position of a cell's level: text that is equal, otherwise a number that is. */
function levelFinder(levels: readonly Level[]): (cell: string) => number | undefined {
  const positions = new Map<Level, number>(levels.map((level, i) => [level, i]));
  return (cell) => {
    const exact = positions.get(cell);
    if (exact !== undefined) return exact;
    const value = parseNumber(cell);
    return value === undefined ? undefined : positions.get(value);
  };
}
