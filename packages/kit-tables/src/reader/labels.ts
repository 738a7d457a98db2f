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

  if (label.kind === 'time-to-event') throw new Error('a time to an event is read from two cells');
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
 * How the two cells of a time to an event are read: to the time, minus the time where the event had not happened.
 * @throws {FedwardError} LABEL_INVALID with file, line and column
 */
export function timeToEventReader(
  label: Extract<LabelColumn, { readonly kind: 'time-to-event' }>,
  { missing, decimal }: Spelling,
): (time: string, event: string, at: RowPlace) => number {
  const { name, event, atLeast } = label;
  const refuse = ({ file, line }: RowPlace, what: string, column: string): never => {
    throw new FedwardError('LABEL_INVALID', `${place(file, line, column)}: ${what}`, column);
  };
  const absent = (at: RowPlace, column: string): number =>
    label.missing === 'drop-row' ? NaN : refuse(at, 'there is no value', column);
  const find = valueFinder([...event.values, ...event.censored], decimal);
  return (time, happened, at) => {
    const found = find(happened);
    if (found === undefined)
      return missing.has(happened)
        ? absent(at, event.column)
        : refuse(at, 'neither a value of the event nor one of no event', event.column);
    if (missing.has(time)) return absent(at, name);
    const value = parseNumber(time, decimal);
    if (value === undefined) return refuse(at, notANumber(time, decimal), name);
    if (!(value >= 0)) return refuse(at, 'a time below zero', name);
    if (!isUsable(value, {})) return refuse(at, tooLarge, name);
    return Math.max(value, atLeast) * (found < event.values.length ? 1 : -1);
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
