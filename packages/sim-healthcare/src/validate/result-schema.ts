import * as z from 'zod';
import type { ChoiceResult } from './validation-result.js';

const settings = z.record(z.string(), z.json());

/** A `ChoiceResult` as plan.json keeps it, so that a run that is gone on with has it. */
export const choiceSchema = z.strictObject({
  schemaVersion: z.literal(1),
  score: z.string(),
  better: z.enum(['lower', 'higher']),
  table: z.array(z.strictObject({ settings, score: z.number().nullable(), failure: z.string().optional() })),
  chosen: settings,
  words: z.array(z.string()),
});

/** A declared grid. */
export const gridSchema = z.record(z.string(), z.array(z.json()).min(1));

/** As a result has it. */
export function choiceOf({ table, ...choice }: z.output<typeof choiceSchema>): ChoiceResult {
  return {
    ...choice,
    table: table.map(({ failure, ...row }) => ({ ...row, ...(failure !== undefined && { failure }) })),
  };
}
