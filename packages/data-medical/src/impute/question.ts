import { createLayout, type PrivacyUnit, type TensorsForm } from '@fedward/core';
import * as z from 'zod';
import { imputedColumnSchema, variablesOf, variableStarts, type ImputedColumn } from './columns.js';

const index = z.int().min(0);
const numbers = z.array(z.number());

/** One regression of the chain: a column's variables from those of all others. */
export const ridgeStepSchema = z.strictObject({
  column: index,
  /** [variables of the column] */
  intercepts: numbers,
  /** [variables of the column][variables of the other columns, in order] */
  weights: z.array(numbers),
});

/** One regression of the chain. */
export type RidgeStep = z.output<typeof ridgeStepSchema>;

/** Where the chain of regressions stands: scales of all variables, what they begin with, and the steps until now. */
export const chainSchema = z.strictObject({
  centers: numbers,
  spreads: z.array(z.number().positive()),
  /** [variables]: what stands where a value is missing before the first step; in scaled units. */
  start: numbers,
  steps: z.array(ridgeStepSchema),
});

/** Where the chain of regressions stands. */
export type RidgeChain = z.output<typeof chainSchema>;

/** Bins of one round of the search for a median. */
export const medianBins = 64;

const interval = z.tuple([z.number(), z.number()]);

/** What is asked of records: sums, and nothing else. `of`: positions of columns. */
export const questionSchema = z.discriminatedUnion('ask', [
  /**
   * Of each column how many values there are, and the sum of each of its variables. `bounded`: values cut to the column's
   * bounds, which become -1 and 1, so that it is known how far one record moves the answer.
   */
  z.strictObject({ ask: z.literal('means'), of: z.array(index).min(1), bounded: z.boolean().default(false) }),
  /** The sum of squares around the centers, of each variable of all columns. */
  z.strictObject({ ask: z.literal('spreads'), centers: numbers }),
  /** How often each level of the columns occurs. */
  z.strictObject({ ask: z.literal('levels'), of: z.array(index).min(1) }),
  /** How many values are in each of 64 equal parts of an interval, of which a column has two: for its two middle values. */
  z.strictObject({
    ask: z.literal('bins'),
    of: z.array(index).min(1),
    intervals: z.array(z.tuple([interval, interval])),
  }),
  /** Sums and products of all variables over the records that have a value in the column, the chain carried out before. */
  z.strictObject({ ask: z.literal('products'), column: index, chain: chainSchema }),
]);

/** What is asked of records. */
export type Question = z.output<typeof questionSchema>;

/** The options of the query `imputation-sums`: the columns, equal at all sites, and one question. */
export const imputationSumsOptions = z.strictObject({
  columns: z
    .array(imputedColumnSchema)
    .min(1)
    .describe('what the columns of the table are: name, kind, levels, method, bounds'),
  question: questionSchema.describe('which sums are asked for'),
});

/** The options of the query `imputation-sums`. */
export type ImputationSumsOptions = z.output<typeof imputationSumsOptions>;

/** What an answer looks like. */
export function formOf({ columns, question }: ImputationSumsOptions): TensorsForm {
  return { layout: createLayout(tensorsOf(columns, question)), element: 'f64' };
}

function tensorsOf(columns: readonly ImputedColumn[], question: Question) {
  const all = variableStarts(columns).at(-1)!;
  const sum = (of: readonly number[], size: (column: ImputedColumn) => number): number =>
    of.reduce((total, i) => total + size(columns[i]!), 0);
  switch (question.ask) {
    case 'means':
      return [
        { name: 'counts', shape: [question.of.length] },
        { name: 'sums', shape: [sum(question.of, variablesOf)] },
      ];
    case 'spreads':
      return [{ name: 'squares', shape: [all] }];
    case 'levels':
      return [{ name: 'counts', shape: [sum(question.of, levelCount)] }];
    case 'bins':
      return [{ name: 'counts', shape: [question.of.length, 2, medianBins] }];
    case 'products': {
      const targets = variablesOf(columns[question.column]!);
      const others = all - targets;
      return [
        { name: 'count', shape: [1] },
        { name: 'sums', shape: [others + targets] },
        ...(others > 0
          ? [
              { name: 'products', shape: [others, others] },
              { name: 'cross', shape: [targets, others] },
            ]
          : []),
      ];
    }
  }
}

/** How many levels a column has; none where it holds numbers. */
export function levelCount(column: ImputedColumn): number {
  return 'levels' in column ? column.levels.length : 0;
}

/**
 * The L2 norm by which one record, taken away, moves an answer at most; undefined where nothing bounds it. Of a patient
 * or a hospital nothing is known: how many records they have is not.
 *
 * - `means`, bounded: a column's count moves by 1 and its variables by at most 1 together (a number is within [-1, 1], of
 *   the levels of a column one is 1), which is sqrt(2) a column;
 * - `levels`: one level a column;
 * - `bins`: one bin in each of a column's two searches.
 *
 * Squares around a center and products of what regressions have filled in are not bounded.
 */
export function sensitivityOf(question: Question, unit: PrivacyUnit): number | undefined {
  if (unit !== 'record') return undefined;
  if (question.ask === 'means') return question.bounded ? Math.sqrt(2 * question.of.length) : undefined;
  if (question.ask === 'levels') return Math.sqrt(question.of.length);
  return question.ask === 'bins' ? Math.sqrt(2 * question.of.length) : undefined;
}
