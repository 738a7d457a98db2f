import { createLayout, parseWith, type TensorsForm } from '@fedward/core';
import * as z from 'zod';

/** By which plans name the query and the aggregator of its counts. */
export const evaluationCountsName = 'evaluation-counts';

const groupSchema = z.strictObject({ name: z.string().min(1), levels: z.array(z.string()).min(1).max(255) });

/** The options of the query `evaluation-counts`. */
export const evaluationCountsOptions = z.strictObject({
  bins: z
    .int()
    .min(2)
    .max(65_536)
    .refine((bins) => Number.isInteger(Math.log2(bins)), 'must be a power of two')
    .default(1024)
    .describe('equal bins of the predicted probability, a power of two'),
  groups: z
    .array(groupSchema)
    .refine((groups) => new Set(groups.map(({ name }) => name)).size === groups.length, 'two have the same name')
    .default([])
    .describe('groups of records that are counted by level as well: name, levels; equal at all sites'),
  mostRecordsPerPatient: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe("of a patient's records at a site no more than so many, the first ones, are counted; needs patient ids"),
});

/** The options of the query `evaluation-counts`, checked. */
export type EvaluationCountsOptions = z.output<typeof evaluationCountsOptions>;

/** The options as a person writes them. */
export type EvaluationCountsInput = z.input<typeof evaluationCountsOptions>;

/** @throws {FedwardError} CONFIG_INVALID, naming the option */
export function countsOptionsOf(options: EvaluationCountsInput, path = 'query.options'): EvaluationCountsOptions {
  const schema = z.object({ [path]: evaluationCountsOptions });
  return parseWith(schema, { [path]: options }, evaluationCountsName)[path] as EvaluationCountsOptions;
}

/**
 * What an answer looks like: `counts` [2, bins] by true class and bin of the predicted probability of class 1; then of each
 * group `by NAME` [levels, 2, bins].
 */
export function countsForm({ bins, groups }: EvaluationCountsOptions): TensorsForm {
  return {
    layout: createLayout([
      { name: 'counts', shape: [2, bins] },
      ...groups.map(({ name, levels }) => ({ name: `by ${name}`, shape: [levels.length, 2, bins] })),
    ]),
    element: 'f64',
  };
}

/** The bin of a probability: bin k holds [k / bins, (k + 1) / bins), the last one 1 as well. Exact for a power of two. */
export function binOf(probability: number, bins: number): number {
  return Math.min(bins - 1, Math.floor(probability * bins));
}
