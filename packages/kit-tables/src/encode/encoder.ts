import type { Column } from '../schema/columns.js';
import { featuresOf, hasIndicator, shownLevels } from '../schema/features.js';
import type { Row } from '../table/row.js';

/** Makes features of rows. */
export interface RowEncoder {
  /** Number of features. */
  readonly width: number;
  /**
   * [width], float64, not scaled: numbers as they are, 0 or 1 for each level that has a feature, and for each indicator.
   * NaN where there is no value. To be looked at before the next row is encoded.
   */
  encode(row: Pick<Row, 'values' | 'missing'>): Float64Array;
}

/** How the rows of these columns are encoded. What becomes of a row hangs on that row alone. */
export function rowEncoder(columns: readonly Column[]): RowEncoder {
  const width = featuresOf(columns).length;
  // A number, and the position of one of two levels, are features already.
  if (columns.every((column) => column.kind !== 'categorical' && !hasIndicator(column)))
    return { width, encode: ({ values }) => values };

  /** Of a categorical column its levels with a feature of their own, and those without, which come first; 0 of others. */
  const shown = columns.map((column) => (column.kind === 'categorical' ? shownLevels(column).length : 0));
  const hidden = columns.map((column, i) => (column.kind === 'categorical' ? column.levels.length - shown[i]! : 0));
  const indicated = columns.map(hasIndicator);
  const features = new Float64Array(width);
  return {
    width,
    encode({ values, missing }) {
      let at = 0;
      for (let i = 0; i < shown.length; i++) {
        const value = values[i]!;
        const levels = shown[i]!;
        if (levels === 0) features[at++] = value;
        else {
          const none = Number.isNaN(value) ? NaN : 0;
          for (let j = 0; j < levels; j++) features[at + j] = none;
          if (value >= hidden[i]!) features[at + value - hidden[i]!] = 1;
          at += levels;
        }
        if (indicated[i]) features[at++] = missing[i]!;
      }
      return features;
    },
  };
}
