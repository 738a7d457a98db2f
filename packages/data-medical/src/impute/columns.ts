import { FedwardError } from '@fedward/core';
import { imputationMethod, isArray, type Column } from '@fedward/kit-tables';
import * as z from 'zod';

const finite = z.number();
const bounds = z.tuple([finite, finite]).refine(([low, high]) => low < high);

/**
 * What imputation has to know of a column, as data: in the plan of a query, and in a model. `bounds`: the lowest and the
 * highest value that its schema believes (`allowed`, else `range`).
 */
export const imputedColumnSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    name: z.string().min(1),
    kind: z.enum(['numeric', 'date']),
    method: z.enum(['mean', 'median', 'mode', 'ridge', 'knn']).optional(),
    bounds: bounds.optional(),
  }),
  z.strictObject({
    name: z.string().min(1),
    kind: z.enum(['binary', 'categorical']),
    method: z.enum(['mode', 'ridge', 'knn']).optional(),
    levels: z.array(z.union([z.number(), z.string().min(1)])).min(2),
  }),
]);

/** A column as imputation sees it. */
export type ImputedColumn = z.output<typeof imputedColumnSchema>;

/**
 * The columns of a schema, as imputation sees them.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE, naming the column, for one of arrays, and one whose missing values are left
 *   to an imputer without the word by which method
 */
export function imputedColumns({ columns }: { readonly columns: readonly Column[] }): ImputedColumn[] {
  return columns.map((column): ImputedColumn => {
    const { name } = column;
    if (isArray(column)) throw incompatible(name, 'it holds arrays, which no imputation fills in');
    if (column.missing === 'impute')
      throw incompatible(name, 'no method is declared: write "missing": { "impute": "ridge" } or another');
    const method = imputationMethod(column);
    if (column.kind === 'binary' || column.kind === 'categorical')
      return {
        ...{ name, kind: column.kind, levels: [...column.levels] },
        ...(method !== undefined && { method: method as 'mode' }),
      };
    const known = column.kind === 'numeric' ? (column.allowed ?? column.range) : column.range;
    return {
      ...{ name, kind: column.kind },
      ...(method !== undefined && { method }),
      ...(known && { bounds: [...known] as [number, number] }),
    };
  });
}

/** Where the variables of each column begin, and at the end how many there are: see `variablesOf`. */
export function variableStarts(columns: readonly ImputedColumn[]): number[] {
  const starts = [0];
  for (const column of columns) starts.push(starts.at(-1)! + variablesOf(column));
  return starts;
}

/**
 * How many variables of a regression or a distance a column is: a number, and the position of one of two levels, is one;
 * of several levels each is one, 1 where the record has it.
 */
export function variablesOf(column: ImputedColumn): number {
  return column.kind === 'categorical' ? column.levels.length : 1;
}

/** Of one cell, into `target` from `at` on: its variables. @param cell a number, or the position of a level */
export function writeVariables(column: ImputedColumn, cell: number, target: Float64Array, at: number): void {
  if (column.kind !== 'categorical') target[at] = cell;
  else for (let level = 0; level < column.levels.length; level++) target[at + level] = cell === level ? 1 : 0;
}

/** The cell that variables stand for: the number, cut to what can be true of it, or the level that is nearest. */
export function cellFrom(column: ImputedColumn, variables: ArrayLike<number>, at: number): number {
  const value = variables[at]!;
  if (column.kind === 'binary') return value >= 0.5 ? 1 : 0;
  if (!('levels' in column))
    return column.bounds ? Math.min(column.bounds[1], Math.max(column.bounds[0], value)) : value;
  let best = 0;
  for (let level = 1; level < column.levels.length; level++)
    if (variables[at + level]! > variables[at + best]!) best = level;
  return best;
}

function incompatible(name: string, why: string): FedwardError {
  return new FedwardError('CONFIG_INCOMPATIBLE', `column "${name}": ${why}`, name);
}
