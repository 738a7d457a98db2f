import * as z from 'zod';
import { bothDeclared, isUsable, notBoth, scalingShape, type DeclaredScaling } from '../scale/scaling.js';
import { valueKey } from '../values/equality.js';

/**
 * A value that a coded column may take. A number, as a number or as text, stands for every spelling of it (`1`, `1.0`,
 * `1e0`), other text for itself alone (see `valueKey`).
 */
export const levelSchema = z.union([z.number(), z.string().min(1)]);

/** One level of a coded column. */
export type Level = z.output<typeof levelSchema>;

/** Where a level stands among those declared, in whatever spelling; -1 where it is none of them. */
export function positionOf(level: Level, levels: readonly Level[]): number {
  const key = valueKey(String(level).trim());
  return levels.findIndex((other) => valueKey(String(other).trim()) === key);
}

/** True where no level is listed twice. */
export const distinct = (levels: readonly Level[]): boolean =>
  new Set(levels.map((value) => valueKey(String(value).trim()))).size === levels.length;
const levelsDiffer = { error: 'a level is listed twice' };

/** As the header of the file has it. */
export const columnName = z.string().min(1);

/** What a row without the value does, where nothing may stand in its place: it is an error, or the row is left out. */
export const missingSchema = z.enum(['error', 'drop-row']).default('error');

/** Of numbers: the mean and the median of the column too. */
const numberMethods = z.enum(['mean', 'median', 'mode', 'ridge', 'knn']);
/** Of levels, which have no mean. */
const levelMethods = z.enum(['mode', 'ridge', 'knn']);

/**
 * The same for a feature. Also `impute`: its cell stays empty in the table, for an imputer to fill in, without which
 * nothing can be trained on. Or the method by which it is filled in, learned from the records that are trained on. Or a
 * constant to be filled in, in the column's own unit or one of its levels; the constant is declared, so that what becomes
 * of a row hangs on that row alone: nobody may have computed it from patients whom a privacy budget protects. With
 * `indicator` one more feature says where a value was filled in.
 */
const missingOf = <T extends z.ZodType, M extends z.ZodType<ImputationMethod>>(fill: T, impute: M) =>
  z
    .union(
      [
        z.enum(['error', 'drop-row', 'impute']),
        z.strictObject({ fill, indicator: z.boolean().default(false) }, { error: missingWords }),
        z.strictObject({ impute, indicator: z.boolean().default(false) }, { error: missingWords }),
      ],
      { error: missingWords },
    )
    .default('error');
const missingWords =
  '"error", "drop-row", "impute", { "fill": a number or level, "indicator"?: true or false } or { "impute": "mean", ' +
  '"median" (both of numbers alone), "mode", "ridge" or "knn", "indicator"?: true or false }';

/** How a missing value is learned. */
export type ImputationMethod = z.output<typeof numberMethods>;

type Missing<T> = string | { readonly fill: T } | { readonly impute: string };
interface Coded {
  readonly levels: readonly Level[];
  readonly missing: Missing<Level>;
}
const fillsLevel = ({ levels, missing }: Coded): boolean =>
  typeof missing === 'string' || !('fill' in missing) || positionOf(missing.fill, levels) >= 0;
const fillsNumber = (column: DeclaredScaling & { readonly missing: Missing<number> }): boolean =>
  typeof column.missing === 'string' || !('fill' in column.missing) || isUsable(column.missing.fill, column);
const noFloat = { path: ['missing', 'fill'], error: 'beyond 3.4e38 there is no float32' };
const noLevel = { path: ['missing', 'fill'], error: 'it is none of the levels' };

/** What a cell of this column alone may hold beside what the whole source may. */
const cellsShape = {
  /** What stands for no value here, beside what does so in the whole source; such as `-9`. */
  missingTokens: z.array(z.string().min(1)).min(1).optional(),
};

/** What is known of the numbers of a column, in its own unit. */
const numbersShape = {
  ...cellsShape,
  unit: z.string().optional(),
  /** A zero is no measurement: it stands for a value that was not taken. */
  zeroIsMissing: z.boolean().optional(),
  /** The lowest and the highest number that can be true. */
  allowed: z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => low < high, { error: 'the lowest value must be below the highest' })
    .readonly()
    .optional(),
  /** What a number beyond `allowed` does: it is an error (default), counts as missing, or is cut to it. */
  outside: z.enum(['error', 'missing', 'cut']).optional(),
};

/** Numbers before they are scaled: the decimal or the binary logarithm, as of counts and of expression. */
const transform = z.enum(['log2', 'log10']).optional();

/** Of a column that holds many numbers in each row. */
const arrayShape = {
  name: columnName,
  missing: missingSchema,
  ...numbersShape,
  transform,
  ...scalingShape,
  /**
   * Where each number has a column of its own in the source: their names, or the first and the last of them in the order
   * of the source. Default: one cell has them all, such as the path of a file.
   */
  from: z.union([z.array(columnName).min(1), z.strictObject({ first: columnName, last: columnName })]).optional(),
};
const extent = z
  .int()
  .min(1)
  .max(2 ** 20);

/** How one column of a table becomes features. */
export const columnSchema = z.discriminatedUnion('kind', [
  /** One feature: the number, scaled as the column declares. */
  z
    .strictObject({
      name: columnName,
      missing: missingOf(z.number(), numberMethods),
      kind: z.literal('numeric'),
      ...numbersShape,
      transform,
      ...scalingShape,
    })
    .refine(notBoth, bothDeclared)
    .refine(fillsNumber, noFloat),
  /** One feature: 0 for the first level, 1 for the second. */
  z
    .strictObject({
      name: columnName,
      missing: missingOf(levelSchema, levelMethods),
      ...cellsShape,
      kind: z.literal('binary'),
      levels: z.tuple([levelSchema, levelSchema]).default([0, 1]).refine(distinct, levelsDiffer),
    })
    .refine(fillsLevel, noLevel),
  /** One feature a level, 1 where the row has it (one-hot); without the first under `dropFirst`. */
  z
    .strictObject({
      name: columnName,
      missing: missingOf(levelSchema, levelMethods),
      ...cellsShape,
      kind: z.literal('categorical'),
      /** All that can occur, in order. Declared, not found in the data: sites must agree on the features. */
      levels: z.array(levelSchema).min(2).refine(distinct, levelsDiffer),
      dropFirst: z.boolean().default(false),
    })
    .refine(fillsLevel, noLevel),
  /** One feature: days since `since`, or since 1970 began, scaled as the column declares. ISO 8601. */
  z
    .strictObject({
      name: columnName,
      missing: missingOf(z.number(), numberMethods),
      kind: z.literal('date'),
      ...cellsShape,
      since: z.iso.date().optional(),
      ...scalingShape,
    })
    .refine(notBoth, bothDeclared),
  /** Many numbers in a row, such as the expression of genes: [size]. */
  z
    .strictObject({ kind: z.literal('vector'), ...arrayShape, shape: z.tuple([extent]).readonly() })
    .refine(notBoth, bothDeclared),
  /** A recording: [samples, channels]. */
  z
    .strictObject({ kind: z.literal('signal'), ...arrayShape, shape: z.tuple([extent, extent]).readonly() })
    .refine(notBoth, bothDeclared),
  /** An image: [height, width, channels]. */
  z
    .strictObject({
      kind: z.literal('image'),
      ...arrayShape,
      shape: z.tuple([extent, extent, extent]).readonly(),
      /** Images of another size or colour are brought to `shape`, stretched where they must be. Default: they are errors. */
      resize: z.boolean().optional(),
    })
    .refine(notBoth, bothDeclared),
]);

/** One column of a table, as a schema declares it. */
export type Column = z.output<typeof columnSchema>;

/** A column that holds many numbers in each row. */
export type ArrayColumn = Extract<Column, { readonly kind: 'vector' | 'signal' | 'image' }>;

export function isArray(column: Column): column is ArrayColumn {
  return column.kind === 'vector' || column.kind === 'signal' || column.kind === 'image';
}

/** How many values of a row of a table a column takes: one, or each number of an array. */
export function cellsOf(column: Column): number {
  return isArray(column) ? column.shape.reduce((product: number, n) => product * n, 1) : 1;
}

/** The same of all columns. */
export function cellsIn(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + cellsOf(column), 0);
}

/** The method by which a column's missing values are learned; undefined where none is declared. */
export function imputationMethod({ missing }: Column): ImputationMethod | undefined {
  return typeof missing === 'object' && 'impute' in missing ? missing.impute : undefined;
}
