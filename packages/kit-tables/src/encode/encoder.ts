import { cellsOf, isArray, type Column } from '../schema/columns.js';
import { hasIndicator, shownLevels, widthOf } from '../schema/features.js';
import type { Row } from '../table/row.js';

/** Makes features of rows. */
export interface RowEncoder {
  /** Number of features. */
  readonly width: number;
  /**
   * [width], float64, not scaled: numbers as they are or their logarithm, 0 or 1 for each level that has a feature, and for
   * each indicator. NaN where there is no value. To be looked at before the next row is encoded.
   */
  encode(row: Pick<Row, 'values' | 'missing'>): Float64Array;
}

/** How the rows of these columns are encoded. What becomes of a row hangs on that row alone. */
export function rowEncoder(columns: readonly Column[]): RowEncoder {
  const width = widthOf(columns);
  const transforms = columns.map(transformOf);
  // A number, and the position of one of two levels, are features already.
  if (columns.every((column, i) => column.kind !== 'categorical' && !hasIndicator(column) && !transforms[i]))
    return { width, encode: ({ values }) => values };

  /** Of a categorical column its levels with a feature of their own, and those without, which come first; 0 of others. */
  const shown = columns.map((column) => (column.kind === 'categorical' ? shownLevels(column).length : 0));
  const hidden = columns.map((column, i) => (column.kind === 'categorical' ? column.levels.length - shown[i]! : 0));
  const cells = columns.map(cellsOf);
  const indicated = columns.map(hasIndicator);
  const features = new Float64Array(width);
  return {
    width,
    encode({ values, missing }) {
      let at = 0;
      let from = 0;
      for (let i = 0; i < shown.length; i++) {
        const levels = shown[i]!;
        const transform = transforms[i];
        const value = values[from]!;
        if (levels > 0) {
          const none = Number.isNaN(value) ? NaN : 0;
          for (let j = 0; j < levels; j++) features[at + j] = none;
          if (value >= hidden[i]!) features[at + value - hidden[i]!] = 1;
          at += levels;
        } else for (let j = 0; j < cells[i]!; j++) features[at++] = changed(values[from + j]!, transform);
        if (indicated[i]) features[at++] = missing[i]!;
        from += cells[i]!;
      }
      return features;
    },
  };
}

type Transform = (value: number) => number;

function changed(value: number, transform: Transform | undefined): number {
  return transform ? transform(value) : value;
}

function transformOf(column: Column): Transform | undefined {
  if (column.kind !== 'numeric' && !isArray(column)) return undefined;
  return column.transform && (column.transform === 'log2' ? Math.log2 : Math.log10);
}
