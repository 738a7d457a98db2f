import type { Json } from '@fedward/core';
import { sitePolicySchema } from '@fedward/compliance';
import { declaredEvaluationSchema, partitionSchema } from '@fedward/data-medical';
import * as z from 'zod';
import { labelNoiseSchema } from '../scenario/label-noise.js';
import { validationMethodSchema } from '../validate/method.js';
import { choiceSchema, gridSchema } from '../validate/result-schema.js';

/** What a simulation does beside its plan: together they can be run again. */
export const simulationSchema = z.strictObject({
  scenario: z.string(),
  /** A whole path, so that a run is resumed from anywhere. */
  dataDir: z.string().optional(),
  /** Whole paths again. */
  schema: z.string().optional(),
  partition: partitionSchema.optional(),
  initial: z.string().optional(),
  hospitals: z.int().optional(),
  /** Hospitals that take no part. */
  without: z.array(z.string()).optional(),
  /** The list of patients who opted out: a whole path again. */
  optOuts: z.string().optional(),
  labelNoise: labelNoiseSchema.optional(),
  findLabelNoise: z.boolean().optional(),
  /** By what the model is judged, over what its study declares. */
  evaluation: declaredEvaluationSchema.optional(),
  dropRate: z.number().min(0).max(1).default(0),
  secureNoise: z.boolean().default(false),
  /** Of the plan's trainer: what it runs on here, which is no part of the plan. */
  trainerOptions: z.record(z.string(), z.json() as z.ZodType<Json>).optional(),
  /** How many times slower than the others a hospital is, by its id: the run then has a simulated clock. */
  slow: z.record(z.string(), z.number().positive()).optional(),
  /** Where each hospital has its ledger: a whole path too. */
  ledger: z.string().optional(),
  /** Where parties have keys of their own, by name: a whole path too. */
  keys: z.string().optional(),
  local: z.boolean().default(true),
  /** The rules of each hospital's host, by its id, or `*` for all: a run that is gone on with keeps to them. */
  policies: z.record(z.string(), sitePolicySchema).optional(),
  /** Where what was approved is: a whole path too. Looked at anew whenever a hospital is asked. */
  approvals: z.string().optional(),
  /** What the study declares of itself: purpose, users, countries, permit. */
  declared: z.record(z.string(), z.json() as z.ZodType<Json>).optional(),
  /** The checks before its first round: a rule that fails stops it, or is told. Absent: none are made. */
  check: z.enum(['stop', 'warn']).optional(),
  /** Beyond its own test parts. */
  validate: validationMethodSchema.optional(),
  /** Settings that are chosen from values, in each fold anew. */
  choose: gridSchema.optional(),
  /** Why its trainer is the one that it is, where it was chosen by the work. */
  trainerChoice: z.string().optional(),
  /** What was chosen for the run itself before it began: the plan has it. */
  choice: choiceSchema.optional(),
});
/** A `simulationSchema`, read. */
export type Simulation = z.output<typeof simulationSchema>;
