import { parseWith, pluginSchema } from '@fedward/core';
import * as z from 'zod';
import file from './choose.json' with { type: 'json' };

const gridSchema = z.strictObject({
  /** Splits of the same patients beside the published one. */
  randomSplits: z.int().min(0),
  aggregators: z.array(pluginSchema).min(1),
  learningRates: z.array(z.number().positive()).min(1),
  rounds: z.array(z.int().min(1)).min(1),
});

/** What is chosen from; `choose.json` beside this file is what to read. */
export const choiceSettings = parseWith(
  z.strictObject({
    about: z.string(),
    seeds: z.array(z.int()),
    freshSeeds: z.array(z.int()),
    folds: z.int().min(2),
    /** How often records are dealt out to folds anew. */
    repeats: z.int().min(1),
    'heart-disease': gridSchema,
    'tcga-brca': gridSchema,
  }),
  file,
  'the settings that are chosen from',
);

export type ChoiceGrid = z.output<typeof gridSchema>;

/** One combination of the grid. */
export interface Candidate {
  readonly aggregator: ChoiceGrid['aggregators'][number];
  readonly learningRate: number;
  readonly rounds: number;
}
