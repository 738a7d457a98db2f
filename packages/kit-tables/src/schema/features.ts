import { cellsOf, isArray, type Column, type Level } from './columns.js';

/** One value of an encoded example. */
export interface Feature {
  /** The column's name; for a level of a categorical column `column=level`; `column missing` for an indicator. */
  readonly name: string;
  readonly column: string;
  /** Of its column; an indicator is `binary`. */
  readonly kind: Column['kind'];
}

/** The features that columns become, in order: of each column its own, and then the indicator where it has one. */
export function featuresOf(columns: readonly Column[]): Feature[] {
  return columns.flatMap((column): Feature[] => {
    const { name, kind } = column;
    const own = isArray(column)
      ? Array.from({ length: cellsOf(column) }, (_, i) => ({ name: `${name} ${i + 1}`, column: name, kind }))
      : column.kind === 'categorical'
        ? shownLevels(column).map((level) => ({ name: `${name}=${level}`, column: name, kind }))
        : [{ name, column: name, kind }];
    return hasIndicator(column) ? [...own, { name: `${name} missing`, column: name, kind: 'binary' }] : own;
  });
}

/** Number of features that columns become. */
export function widthOf(columns: readonly Column[]): number {
  return columns.reduce(
    (sum, column) =>
      sum +
      (column.kind === 'categorical' ? shownLevels(column).length : cellsOf(column)) +
      Number(hasIndicator(column)),
    0,
  );
}

/** Whether the features of a kind are numbers that are to be scaled. */
export function isScaled(kind: Column['kind']): boolean {
  return kind !== 'binary' && kind !== 'categorical';
}

/** The levels of a categorical column that have a feature of their own. */
export function shownLevels({ levels, dropFirst }: Column & { kind: 'categorical' }): readonly Level[] {
  return dropFirst ? levels.slice(1) : levels;
}

/** Whether one more feature says where the column had no value. */
export function hasIndicator({ missing }: Column): boolean {
  return typeof missing === 'object' && missing.indicator;
}
