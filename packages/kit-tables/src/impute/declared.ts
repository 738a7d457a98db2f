import { FedwardError } from '@fedward/core';
import { cellsOf, imputationMethod, positionOf, type Column } from '../schema/columns.js';
import { noValueIn } from '../table/row.js';
import type { Imputer } from './imputer.js';

/**
 * What the schema says is done where a value is missing: a constant is filled in, or the row is left out, under the first
 * column that asks for it. A cell that is left for another imputer stays empty. What becomes of a row hangs on that row and
 * the schema alone.
 */
export function declaredImputer({ columns }: { readonly columns: readonly Column[] }): Imputer {
  const fills = columns.map(fillOf);
  const cells = columns.map(cellsOf);
  return {
    impute({ values, missing }) {
      let next = 0;
      for (let i = 0; i < fills.length; i++) {
        const at = next;
        next += cells[i]!;
        if (missing[i] === 0 || !Number.isNaN(values[at]!)) continue;
        const column = columns[i]!;
        if (column.missing === 'drop-row') return noValueIn(column.name);
        const fill = fills[i];
        if (fill !== undefined) values[at] = fill;
      }
      return undefined;
    },
  };
}

/** The declared constant as a table has it: a number, or the position of a level. */
function fillOf(column: Column): number | undefined {
  if (typeof column.missing === 'string' || !('fill' in column.missing)) return undefined;
  const { fill } = column.missing;
  return column.kind === 'binary' || column.kind === 'categorical' ? positionOf(fill, column.levels) : (fill as number);
}

/**
 * Where no imputer is there but the schema's own.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming the first column whose missing values are left to another
 */
export function assertNoneToImpute({ columns }: { readonly columns: readonly Column[] }): void {
  const left = columns
    .filter((column) => column.missing === 'impute' || imputationMethod(column) !== undefined)
    .map(({ name }) => name);
  if (left.length > 0)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `missing values of ${left.map((name) => `"${name}"`).join(', ')} are left to an imputer, and there is none: name one, ` +
        'or declare "missing": "drop-row" or { "fill": ... }',
      left[0],
    );
}
