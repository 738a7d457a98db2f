import { FedwardError } from '@fedward/core';
import { canonicalText } from '@fedward/kit-tables';
import * as z from 'zod';
import type { ArrayColumn } from './array.js';

/** How the arrays of an NPZ file make a table. */
export const npzOptionsSchema = z.strictObject({
  /**
   * The parts of a table one after the other: which array each column is in. A column `set` says which part a row is of.
   * Default: where all arrays are called `<set>_<name>`, with the same names in each set, those; otherwise all arrays are
   * columns of one table, under their own names.
   */
  parts: z
    .array(z.strictObject({ set: z.string().min(1), arrays: z.record(z.string().min(1), z.string().min(1)) }))
    .min(1)
    .optional(),
});

/** Options as a person writes them. */
export type NpzOptionsInput = z.input<typeof npzOptionsSchema>;
export type NpzOptions = z.output<typeof npzOptionsSchema>;

/** The column that says which part a row is of. */
export const setColumn = 'set';

/** Rows of a table that come from some arrays side by side. */
export interface Part {
  /** Undefined where there is no column for it. */
  readonly set?: string;
  /** Array by column, in the order of the columns. */
  readonly arrays: ReadonlyMap<string, string>;
}

const usualSets = /^(train|training|val|valid|validation|dev|test|testing|holdout)$/i;

/**
 * Which arrays make which rows.
 *
 * @param columns by the name of their array
 * @throws {FedwardError} CONFIG_INVALID for options that name an array that is not there, other columns in one part than
 * in another, or a column called `set`; DATA_MALFORMED for arrays of one part that have not one number of rows
 */
export function partsOf(columns: ReadonlyMap<string, ArrayColumn>, options: NpzOptions, file: string): readonly Part[] {
  const parts = options.parts?.map(({ set, arrays }) => ({ set, arrays: new Map(Object.entries(arrays)) }));
  const found = parts ?? partsByName(columns) ?? [{ arrays: new Map([...columns.keys()].map((name) => [name, name])) }];
  const invalid = (what: string, key: string) =>
    new FedwardError('CONFIG_INVALID', `npz.parts of ${file}: ${what}`, key);
  const names = [...found[0]!.arrays.keys()];
  if (names.length === 0) throw invalid('a part without arrays', 'npz.parts');
  return found.map(({ arrays, ...part }) => {
    for (const [column, array] of arrays) {
      if (!columns.has(array)) throw invalid(`there is no array "${array}"`, array);
      if ('set' in part && column === setColumn)
        throw invalid(`the column "${setColumn}" says which part it is`, column);
    }
    if (arrays.size !== names.length || !names.every((name) => arrays.has(name)))
      throw invalid(`each part has the same columns, and "${'set' in part ? part.set : ''}" has others`, 'npz.parts');
    const rows = new Set([...arrays.values()].map((array) => columns.get(array)!.rows));
    if (rows.size > 1)
      throw new FedwardError(
        'DATA_MALFORMED',
        `${file}: arrays of one table have different numbers of rows: ` +
          `${[...arrays.values()]
            .slice(0, 8)
            .map((array) => `${array} ${columns.get(array)!.rows}`)
            .join(', ')}. ` +
          'The options of npz say which belong together',
        file,
      );
    // In the order of the first part, under names in which equal characters are equal.
    return { ...part, arrays: new Map(names.map((name) => [canonicalText(name), arrays.get(name)!])) };
  });
}

/**
 * Parts by names as `train_images` or `images_train`. Names alone do not tell `x_mean`, `x_sd`, `y_mean`, `y_sd` from two
 * sets: one of the sets must be called as sets are, or the sets must have different numbers of rows.
 */
function partsByName(columns: ReadonlyMap<string, ArrayColumn>): Part[] | undefined {
  const names = [...columns.keys()];
  const before = names.map((name) => /^([^_]+)_(.+)$/s.exec(name)?.slice(1));
  const after = names.map((name) => /^(.+)_([^_]+)$/s.exec(name)?.slice(1).toReversed());
  const isUsual = (set: string): boolean => usualSets.test(set);
  return (
    grouped(names, before, columns, (sets, sizes) => sets.some(isUsual) || new Set(sizes).size > 1) ??
    grouped(names, after, columns, (sets) => sets.every(isUsual))
  );
}

function grouped(
  names: readonly string[],
  split: readonly (readonly string[] | undefined)[],
  columns: ReadonlyMap<string, ArrayColumn>,
  areSets: (sets: readonly string[], sizes: readonly number[]) => boolean,
): Part[] | undefined {
  const parts = new Map<string, Map<string, string>>();
  for (const [i, name] of names.entries()) {
    const [set, column] = split[i] ?? [];
    if (set === undefined || column === undefined) return undefined;
    if (!parts.has(set)) parts.set(set, new Map());
    parts.get(set)!.set(column, name);
  }
  const [first, ...others] = parts.values();
  if (!first || others.length === 0) return undefined;
  if (!others.every((part) => part.size === first.size && [...first.keys()].every((column) => part.has(column))))
    return undefined;
  const sizes: number[] = [];
  for (const part of parts.values()) {
    const [rows, ...more] = new Set([...part.values()].map((name) => columns.get(name)!.rows));
    if (more.length > 0) return undefined;
    sizes.push(rows!);
  }
  if (!areSets([...parts.keys()], sizes)) return undefined;
  return [...parts].map(([set, arrays]) => ({ set, arrays }));
}
