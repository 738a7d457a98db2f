import type { Column } from '../schema/columns.js';
import { bandOf, notKnown, type KnownSubgroup } from '../schema/subgroups.js';
import { parseNumber } from '../values/equality.js';
import { missingIn, notANumber, valueFinder, type Spelling } from './cells.js';
import { malformed, type RowPlace } from './place.js';

/** Reads a cell to the level of a group that its row belongs to. @returns a position; 255: not known */
export type GroupReader = (cell: string, at: RowPlace) => number;

/**
 * How the cells of a group's column are read. A cell without a value is in no group, as is a number that its column takes
 * for none; a value that is not among the declared levels is an error, as in a feature: one that is mistyped would be left out
 * of every group, and nobody would know.
 *
 * @param column where it is a feature too
 * @throws {FedwardError} DATA_MALFORMED with file, line and column
 */
export function groupReader(
  { column: name, parting, levels }: KnownSubgroup,
  column: Column | undefined,
  spelling: Spelling,
): GroupReader {
  const { missing, decimal } = spelling;
  const isMissing = column ? missingIn(column, spelling) : (cell: string) => missing.has(cell);
  if (parting.kind === 'bands') {
    const isNone = noMeasurement(column);
    return (cell, { file, line }) => {
      if (isMissing(cell)) return notKnown;
      const value = parseNumber(cell, decimal);
      if (value === undefined) throw malformed(file, line, notANumber(cell, decimal), name);
      return isNone(value) ? notKnown : bandOf(value, parting.bands);
    };
  }
  const levelOf = parting.values.flatMap((values, level) => values.map(() => level));
  const find = valueFinder(parting.values.flat(), decimal);
  return (cell, { file, line }) => {
    const found = find(cell); // before what is missing: a declared level may be spelled NA
    if (found !== undefined) return levelOf[found]!;
    if (isMissing(cell)) return notKnown;
    throw malformed(file, line, `not one of the levels ${levels.join(', ')} of a subgroup`, name);
  };
}

/** Numbers that a column takes for no value. */
function noMeasurement(column: Column | undefined): (value: number) => boolean {
  if (column?.kind !== 'numeric') return () => false;
  const { zeroIsMissing = false, allowed, outside } = column;
  return (value) =>
    (zeroIsMissing && value === 0) ||
    (outside === 'missing' && allowed !== undefined && !(value >= allowed[0] && value <= allowed[1]));
}
