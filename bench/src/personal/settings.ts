import { parseWith, pluginSchema, type Json } from '@fedward/core';
import * as z from 'zod';
import file from './settings.json' with { type: 'json' };

const methodSchema = z.strictObject({
  name: z.string(),
  /** Aggregator whose half at the sites makes the personal models. */
  strategy: z.enum(['fine-tuning', 'private-tensors', 'ditto']),
  options: z.record(z.string(), z.json()),
  /** Further options: all combinations of the values that stand here are tried. */
  choices: z.record(z.string(), z.array(z.number()).min(1)),
  rounds: z.array(z.int().min(1)).min(1),
});

const settingsSchema = z.strictObject({
  about: z.string(),
  /** Of the folds, on the published split. */
  seeds: z.array(z.int()).min(1),
  /** Splits of the same patients beside the published one, with a seed each. */
  randomSplits: z.int().min(0),
  folds: z.int().min(2),
  learningRate: z.number().positive(),
  /** Of the global model. */
  rounds: z.int().min(1),
  global: pluginSchema,
  local: z.strictObject({ steps: z.array(z.int().min(1)).min(1) }),
  /** Of FLamby's methods that whose worst hospital is best. */
  published: z.strictObject({ method: z.string(), text: z.string() }),
  personal: z.array(methodSchema).min(1),
});

/** What `settings.json` beside this file says, which is what to read. */
export const personalSettings = parseWith(settingsSchema, file, "the benchmark's settings");

export type PersonalMethod = z.output<typeof methodSchema>;

/** One way for every hospital to come to a model of its own. */
export interface Candidate {
  /** As tables call it. */
  readonly method: string;
  /** Undefined: each hospital trains alone. */
  readonly aggregator?: { readonly name: string; readonly options: Readonly<Record<string, Json>> };
  /** Of the federation; of training alone, steps. */
  readonly rounds: number;
}

/** All settings of a method among which it chooses. */
export function candidatesOf({ name, strategy, options, choices, rounds }: PersonalMethod): Candidate[] {
  let combinations: Record<string, Json>[] = [options];
  for (const [key, values] of Object.entries(choices))
    combinations = combinations.flatMap((before) => values.map((value) => ({ ...before, [key]: value })));
  return combinations.flatMap((all) =>
    rounds.map((count) => ({ method: name, aggregator: { name: strategy, options: all }, rounds: count })),
  );
}

/** Those of training alone. */
export function localCandidates(): Candidate[] {
  return personalSettings.local.steps.map((steps) => ({ method: 'local', rounds: steps }));
}
