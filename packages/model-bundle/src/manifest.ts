import { modelSpecSchema, parseWith } from '@fedward/core';
import { preprocessingSchema, sourceSchema, type Preprocessing } from '@fedward/data-medical';
import type { Evaluation } from '@fedward/metrics-clinical';
import * as z from 'zod';

const share = z.number().min(0).max(1);

const number = z.custom<number>((value) => typeof value === 'number');
const figure = z.looseObject({ value: number.nullable(), interval: z.tuple([number, number]).nullable() });
/** What a reader of a bundle relies on. */
const evaluationShape = z.looseObject({ figures: z.record(z.string(), figure) });

/** Written by its own package, which only ever adds members; nothing is computed from it here. */
const evaluationSchema = z.custom<Evaluation>((value) => evaluationShape.safeParse(value).success, {
  error: 'an evaluation has figures, each with a value and an interval',
});

/**
 * All that a bundle says beside its weights. Members are only ever added, each with a default, so that a bundle of any
 * version is read by any later one.
 */
export const manifestSchema = z.object({
  bundleVersion: z.literal(1),
  /** What it is called, such as the scenario's name. */
  title: z.string(),
  /** The software that trained it, such as `fedward 0.1.0`. */
  software: z.string(),
  runId: z.string().nullable(),
  planHash: z.string().nullable(),
  /** True where what should be secret came from a seed. */
  simulationOnly: z.boolean(),
  model: modelSpecSchema,
  /** What it is asked for. */
  task: z.enum(['binary', 'classes', 'value', 'survival']),
  label: z.object({
    name: z.string(),
    unit: z.string().optional(),
    /** In the order of their numbers; of two the second is class 1. */
    classes: z.array(z.string()).min(2).optional(),
  }),
  /** Names of the model's inputs, in order; empty for arrays. */
  features: z.array(z.string()),
  /**
   * What is done to a record before the model sees it. `all`: the same everywhere. Where each hospital fitted its own,
   * `all` is null, and a hospital that took no part has to fit its own too. Null: features are taken as they are.
   */
  preprocessing: z
    .object({
      all: preprocessingSchema.nullable(),
      hospitals: z.record(z.string(), preprocessingSchema),
      /**
       * Where what hospitals fitted is facts about patients that nothing has paid for: `all` is null and `hospitals` empty, and
       * this is the same with no number in it that was fitted. Every hospital has to fit its own.
       */
      unfitted: preprocessingSchema.optional(),
    })
    .nullable(),
  /** How the files of the study were read. */
  source: sourceSchema,
  /** The probability of class 1 from which on a record is called that, and how it was come by. */
  threshold: z.object({ value: share, on: z.enum(['default', 'declared', 'training']), rule: z.string() }).nullable(),
  /** By what it is to be judged, as declared. */
  evaluationSettings: z.object({
    prevalence: share.optional(),
    operatingPoint: share.optional(),
    horizon: z.number().positive().optional(),
  }),
  /** Of a Cox model, for probabilities of survival; null where none was computed. */
  baseline: z.object({ times: z.array(z.number()), cumulative: z.array(z.number()) }).nullable(),
  intendedUse: z.string().nullable(),
  /** What it cost in privacy, in sentences. */
  privacy: z.array(z.string()),
  /** On the test part of its own run; null where nobody may be told, or it was not evaluated. Without curves. */
  evaluation: evaluationSchema.nullable(),
});

/** See `manifestSchema`. */
export type BundleManifest = z.output<typeof manifestSchema>;

/** @throws {FedwardError} CONFIG_INVALID naming the key */
export function parseManifest(json: unknown, what = 'the model bundle'): BundleManifest {
  return parseWith(manifestSchema, json, what);
}

/** The one that is the same everywhere, or any: what they have in common is the schema, and the features that were kept. */
export function anyPreprocessing({ preprocessing }: Pick<BundleManifest, 'preprocessing'>): Preprocessing | undefined {
  return preprocessing?.all ?? Object.values(preprocessing?.hospitals ?? {})[0] ?? preprocessing?.unfitted;
}

/**
 * The preprocessing for records of a hospital.
 * @returns undefined where each hospital fitted its own, and this one is none of them
 */
export function preprocessingFor(
  { preprocessing }: Pick<BundleManifest, 'preprocessing'>,
  hospital?: string,
): Preprocessing | undefined {
  if (preprocessing?.all) return preprocessing.all;
  if (!preprocessing || hospital === undefined || !Object.hasOwn(preprocessing.hospitals, hospital)) return undefined;
  return preprocessing.hospitals[hospital];
}
