import type { EncodedTable } from '../encode/encoded-table.js';
import { featuresOf, isScaled } from '../schema/features.js';
import type { TableSchema } from '../schema/table-schema.js';
import { declaredScaling, type DeclaredScaling, type Scaling } from './scaling.js';

/** By what the features of a table are scaled. */
export interface Scaler {
  /** [width]: one a feature; undefined: as recorded. */
  readonly scalings: readonly (Scaling | undefined)[];
  /** What they were computed from, where that is records together (see `TrainingData`). */
  readonly sharedStatistics?: string;
}

/** Numbers as their columns declare, all else as recorded: a feature hangs on its record and the schema alone. */
export function declaredScaler(schema: Pick<TableSchema, 'columns'>): Scaler {
  return { scalings: declaredScalings(schema) };
}

/** What each feature's column declares; undefined for one that declares nothing, or is coded. */
export function declaredScalings({ columns }: Pick<TableSchema, 'columns'>): (Scaling | undefined)[] {
  return columns.flatMap((column) =>
    featuresOf([column]).map(({ kind }) => (isScaled(kind) ? declaredScaling(column as DeclaredScaling) : undefined)),
  );
}

/** The names of columns of numbers that declare neither a scale nor a range. */
export function undeclaredColumns({ columns }: Pick<TableSchema, 'columns'>): string[] {
  return columns.flatMap((column) =>
    isScaled(column.kind) && !declaredScaling(column as DeclaredScaling) ? [column.name] : [],
  );
}

/**
 * Numbers as their columns declare, those of other columns by the mean and the deviation (n - 1) of some records,
 * accumulated in float64 in two passes. A column that is constant there becomes 0 wherever it is applied.
 *
 * These are statistics of patients: to train on features that were scaled by them releases them, and where there are any
 * the scaler says so.
 *
 * @param records those that are trained on; at least two
 * @param words what they are, for the mark: `the training part`
 */
export function fitScaler(encoded: EncodedTable, records: ArrayLike<number>, words: string): Scaler {
  const { schema } = encoded.table;
  const kinds = featuresOf(schema.columns).map(({ kind }) => kind);
  const declared = declaredScalings(schema);
  if (declared.every((scaling, j) => scaling || !isScaled(kinds[j]!))) return { scalings: declared };
  const spreads = spreadsOf(encoded, records);
  return {
    scalings: declared.map((scaling, j) => scaling ?? (isScaled(kinds[j]!) ? spreads[j] : undefined)),
    sharedStatistics: `mean and deviation of ${words}`,
  };
}

/** Of each feature, record by record: features lie side by side. */
function spreadsOf(encoded: EncodedTable, records: ArrayLike<number>): Scaling[] {
  const { width } = encoded;
  const n = records.length;
  const first = encoded.features(records[0]!).slice();
  const sums = new Float64Array(width);
  const varies = new Uint8Array(width);
  for (let i = 0; i < n; i++) {
    const features = encoded.features(records[i]!);
    for (let j = 0; j < width; j++) {
      sums[j]! += features[j]! - first[j]!; // less than the values themselves: a constant gives exactly 0
      if (features[j] !== first[j]) varies[j] = 1;
    }
  }
  const centers = sums.map((sum, j) => first[j]! + sum / n);
  const squares = new Float64Array(width);
  for (let i = 0; i < n; i++) {
    const features = encoded.features(records[i]!);
    for (let j = 0; j < width; j++) squares[j]! += (features[j]! - centers[j]!) ** 2;
  }
  return Array.from(centers, (center, j) =>
    // Nothing can be learned from a constant, also not from a value that it did not have here.
    varies[j]
      ? { center, spread: Math.sqrt(squares[j]! / (n - 1)), limit: Infinity }
      : { center: first[j]!, spread: Infinity, limit: Infinity },
  );
}
