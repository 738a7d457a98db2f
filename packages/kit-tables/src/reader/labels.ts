import { FedwardError } from '@fedward/core';
import { isUsable } from '../scale/scaling.js';
import type { LabelColumn, TimeColumn } from '../schema/table-schema.js';
import { parseNumber } from '../values/equality.js';
import { notANumber, tooLarge, valueFinder, type Spelling } from './cells.js';
import { malformed, place, type RowPlace } from './place.js';
import { dateOf } from './dates.js';

/** Reads a cell beside the features to a number; NaN where there is none, and the row is to be left out. */
export type SideReader = (cell: string, at: RowPlace) => number;

/**
 * How the cells of the label are read: to a class number or a value.
 * @throws {FedwardError} LABEL_INVALID with file, line and column
 */
export function labelReader(label: LabelColumn, { missing, decimal }: Spelling): SideReader {
  const { name } = label;
  const refuse = ({ file, line }: RowPlace, what: string): never => {
    throw new FedwardError('LABEL_INVALID', `${place(file, line, name)}: ${what}`, name);
  };
  const absent = (at: RowPlace): number => (label.missing === 'drop-row' ? NaN : refuse(at, 'there is no value'));
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

/**
 * How the cells of the time are read (see `tableSchema`).
 * @throws {FedwardError} DATA_MALFORMED with file, line and column
 */
export function timeReader(time: TimeColumn, { missing, decimal }: Spelling): SideReader {
  const { column, format } = time;
  return (cell, { file, line }) => {
    if (missing.has(cell)) {
      if (time.missing === 'drop-row') return NaN;
      throw malformed(file, line, 'there is no time', column);
    }
    const found = format === 'date' ? dateOf(cell) : parseNumber(cell, decimal);
    if (found !== undefined && Number.isFinite(found)) return found;
    throw malformed(
      file,
      line,
      format === 'date' ? 'not a date such as 2024-01-31 or 2024-01-31T08:30' : notANumber(cell, decimal),
      column,
    );
  };
}
