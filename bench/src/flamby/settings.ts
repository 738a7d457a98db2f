import { parseWith, pluginSchema } from '@fedward/core';
import * as z from 'zod';
import file from './settings.json' with { type: 'json' };

/** The data sets of FLamby that are at hand. */
export const flambySets = ['heart-disease', 'tcga-brca'] as const;
export type FlambySet = (typeof flambySets)[number];

const methodSchema = z.strictObject({
  /** As our tables call it, and as the published files do. */
  name: z.string(),
  published: z.string(),
  aggregator: pluginSchema,
  /** Of plain SGD at each hospital. */
  learningRate: z.number().positive(),
  /** Hospitals take turns, in a new order in each cycle, and each starts from where the one before has ended. */
  cyclic: z.boolean().default(false),
});

const setSchema = z.strictObject({
  batch: z.int(),
  rounds: z.int(),
  /** Of each hospital in a round. */
  steps: z.int(),
  /** Of all hospitals' records as one, and of each hospital alone. */
  pooledTraining: z.strictObject({
    published: z.string(),
    optimizer: z.strictObject({ name: z.literal('adam'), learningRate: z.number() }),
    epochs: z.int(),
  }),
  methods: z.array(methodSchema),
});

const settingsSchema = z.strictObject({
  about: z.string(),
  seeds: z.array(z.int()),
  'heart-disease': setSchema,
  'tcga-brca': setSchema,
});

export type FlambyMethod = z.output<typeof methodSchema>;
export type FlambySettings = z.output<typeof setSchema>;

/** The published benchmark's settings; `settings.json` beside this file is what to read. */
export const flambySettings = parseWith(settingsSchema, file, "the benchmark's settings");
