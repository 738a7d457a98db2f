import { FedwardError, parseWith } from '@fedward/core';
import * as z from 'zod';
import { imputedColumnSchema, variableStarts } from './columns.js';
import { chainSchema, type RidgeStep } from './question.js';

const cell = z.number().nullable();

const neighboursSchema = z.strictObject({
  neighbours: z.int().min(1),
  weights: z.enum(['uniform', 'distance']),
  /** Of each variable the deviation of the records, or 1. */
  spreads: z.array(z.number().positive()),
  /** [columns]: what is taken where no record has anything in common with a row. */
  means: z.array(cell),
  /** [records][columns]: the records themselves; null where there is no value. */
  records: z.array(z.array(cell)).min(1),
});

/**
 * What was learned from records to fill in what others lack, as JSON. Numbers are in their column's unit, levels are
 * positions. It is made of statistics of patients; one with `nearest` holds patients' records, and is not to leave its site.
 */
export const imputationModelSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Of whose records: one hospital's, or those of a federation. */
  fitted: z.enum(['site', 'federation']),
  columns: z.array(imputedColumnSchema).min(1),
  /** [columns]: mean, median or mode, where that is the column's method; of a federation's median half a bin is unknown. */
  constants: z.array(cell),
  /** For columns of method `ridge`. */
  ridge: chainSchema.nullable(),
  /** For columns of method `knn`. */
  nearest: neighboursSchema.nullable(),
});

/** What was learned from records to fill in what others lack. */
export type ImputationModel = z.output<typeof imputationModelSchema>;

/** What `knn` goes by. */
export type Nearest = z.output<typeof neighboursSchema>;

/**
 * A model as it was saved.
 * @throws {FedwardError} CONFIG_INVALID where it is none, or its numbers do not fit its columns
 */
export function parseImputationModel(value: unknown): ImputationModel {
  const model = parseWith(imputationModelSchema, value, 'the imputation model');
  const { columns, constants, ridge, nearest } = model;
  const starts = variableStarts(columns);
  const width = starts.at(-1)!;
  const fits = (what: string, ok: boolean): void => {
    if (!ok) throw new FedwardError('CONFIG_INVALID', `the imputation model: ${what} does not fit its columns`, what);
  };
  const constant = (i: number): boolean => ['mean', 'median', 'mode'].includes(columns[i]!.method ?? '');
  fits('constants', constants.length === columns.length && constants.every((x, i) => (x !== null) === constant(i)));
  columns.forEach((column, i) => {
    const isLevel = (x: number): boolean => Number.isInteger(x) && x >= 0;
    const x = constants[i]!;
    if (x !== null && 'levels' in column) fits('constants', isLevel(x) && x < column.levels.length);
    if (column.method === 'ridge') fits('ridge', ridge !== null);
    if (column.method === 'knn') fits('nearest', nearest !== null);
  });
  if (ridge) {
    for (const key of ['centers', 'spreads', 'start'] as const) fits(`ridge.${key}`, ridge[key].length === width);
    fits(
      'ridge.steps',
      ridge.steps.every((step) => stepFits(step, starts)),
    );
  }
  if (nearest) {
    fits('nearest.spreads', nearest.spreads.length === width);
    fits('nearest.means', nearest.means.length === columns.length);
    fits(
      'nearest.records',
      nearest.records.every((record) => record.length === columns.length),
    );
  }
  return model;
}

/** Whether a step has as many numbers as the columns have variables. */
export function stepFits({ column, intercepts, weights }: RidgeStep, starts: readonly number[]): boolean {
  if (column >= starts.length - 1) return false;
  const size = starts[column + 1]! - starts[column]!;
  const others = starts.at(-1)! - size;
  return intercepts.length === size && weights.length === size && weights.every((own) => own.length === others);
}
