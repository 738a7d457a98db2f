import { FedwardError } from '@fedward/core';
import type { Table } from '@fedward/kit-tables';

/** What one column of a hospital's table lacks. */
export interface ColumnMissingness {
  readonly column: string;
  /** Rows in which the source had no value, also where a step has filled one in; null: fewer than may be told. */
  readonly missing: number | null;
}

/** What a hospital's table lacks. */
export interface Missingness {
  readonly name: string;
  /** Rows that the table has; null: fewer than may be told. Records that joined lack nothing and are not counted. */
  readonly rows: number | null;
  readonly columns: readonly ColumnMissingness[];
}

/** How many values each column of a table lacks. Counts of patients' rows: for the site (see `withoutSmallCounts`). */
export function missingnessOf(table: Table): Missingness {
  const { columns } = table.schema;
  const missing = new Float64Array(columns.length);
  for (let row = 0; row < table.rowCount; row++) {
    const holes = table.row(row).missing;
    for (let i = 0; i < holes.length; i++) missing[i]! += holes[i]!;
  }
  return {
    name: table.name,
    rows: table.rowCount,
    columns: columns.map(({ name }, i) => ({ column: name, missing: missing[i]! })),
  };
}

/**
 * The same for somebody outside the site: a count from which it can be told that fewer than `minimum` rows lack a value, or
 * have one, is withheld, unless it is none or all. Under differential privacy no count may leave without a price, withheld
 * ones neither.
 *
 * @param minimum at least 2
 * @throws {FedwardError} ARGUMENT_INVALID
 */
export function withoutSmallCounts({ name, rows, columns }: Missingness, minimum = 5): Missingness {
  if (!Number.isSafeInteger(minimum) || minimum < 2)
    throw new FedwardError(
      'ARGUMENT_INVALID',
      `minimum is ${minimum}, which must be a whole number above 1`,
      'minimum',
    );
  const all = rows ?? 0;
  const small = (count: number): boolean => count > 0 && count < minimum;
  if (all < minimum) return { name, rows: null, columns: columns.map(({ column }) => ({ column, missing: null })) };
  return {
    ...{ name, rows: all },
    columns: columns.map(({ column, missing }) => ({
      column,
      missing: missing === null || small(missing) || small(all - missing) ? null : missing,
    })),
  };
}
