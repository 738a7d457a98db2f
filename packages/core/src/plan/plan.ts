import * as z from 'zod';
import { digestJson } from '../digest.js';
import { FedwardError } from '../errors.js';
import type { Json } from '../json.js';
import { layoutOf } from '../model/shapes.js';
import { modelSpecSchema } from '../model/spec.js';

const jsonObject = z.record(z.string(), z.json() as z.ZodType<Json>);

/** A plugin by the name under which it is registered, and its options, which the plugin's factory checks. */
export const pluginSchema = z.strictObject({ name: z.string().min(1), options: jsonObject.default({}) });

const count = z.int().min(1);
const positive = z.number().positive();
const decay = z.number().min(0).lt(1);

const optimizerSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('sgd'), learningRate: positive }),
  z.strictObject({ name: z.literal('momentum'), learningRate: positive, momentum: decay.default(0.9) }),
  /** Kingma and Ba 2015, with bias correction; a new state in every round. */
  z.strictObject({
    name: z.literal('adam'),
    learningRate: positive,
    beta1: decay.default(0.9),
    beta2: decay.default(0.999),
    epsilon: positive.default(1e-8),
  }),
]);

/** How a site draws the batches of one round. A privacy mechanism that can't price the way is an error. */
const batchesSchema = z.discriminatedUnion('kind', [
  /** Each epoch is a shuffled partition; the last batch may be smaller. */
  z.strictObject({ kind: z.literal('shuffle'), size: count, epochs: count }),
  /**
   * Each unit, a record or with `privacy.unit: patient` all the records of a patient, is in each step's batch with this
   * probability, independently. `expectedSize` is the divisor of the sum, which has a term a unit: the expected number
   * of units in a batch, as a public constant, whatever their true number.
   */
  z.strictObject({
    kind: z.literal('poisson'),
    probability: z.number().gt(0).max(1),
    steps: count,
    expectedSize: positive,
  }),
]);

const privacySchema = z.strictObject({
  /** In the order in which they act on an update that leaves a site; the server undoes them in reverse. */
  mechanisms: z.array(pluginSchema).min(1),
  accountant: z.string().min(1),
  delta: z.number().gt(0).lt(1),
  unit: z.enum(['record', 'patient', 'hospital']).default('record'),
  /** The run stops before the round that would take any site past this. */
  budget: z.strictObject({ epsilon: positive }).optional(),
});

/**
 * All that a site must know to train, as data: no code travels. Its SHA-256 is what a site approves and what
 * the audit log names.
 */
export const trainingPlanSchema = z.strictObject({
  schemaVersion: z.literal(1),
  name: z.string().min(1),
  seed: z.int().min(0),
  rounds: count,
  model: modelSpecSchema,
  training: z.strictObject({
    trainer: z.string().min(1),
    batches: batchesSchema,
    optimizer: optimizerSchema,
  }),
  aggregator: pluginSchema,
  privacy: privacySchema.nullable().default(null),
  cohort: z
    .discriminatedUnion('select', [
      z.strictObject({ select: z.literal('all') }),
      z.strictObject({ select: z.literal('uniform'), size: count }),
      /** Clients take turns, in their order: client i is asked in the rounds t with t = i (mod groups). */
      z.strictObject({ select: z.literal('cyclic'), groups: count }),
    ])
    .default({ select: 'all' }),
  /** A round with fewer updates than this fails. */
  quorum: count.default(1),
  /** A client that has not answered by then is dropped from the round. At most what a timer can wait, 24 days. */
  deadlineSeconds: positive.max(2_147_483).optional(),
  /** What an update with a NaN or an Infinity does: fail the run, or drop its client from the round. */
  onInvalidUpdate: z.enum(['fail', 'drop']).default('fail'),
});

export type TrainingPlan = z.output<typeof trainingPlanSchema>;
export type TrainingPlanInput = z.input<typeof trainingPlanSchema>;
export type PluginReference = z.output<typeof pluginSchema>;
export type OptimizerSpec = z.output<typeof optimizerSchema>;
export type BatchesSpec = z.output<typeof batchesSchema>;

/**
 * Checks a value against a schema.
 * @param what how the value is called in the message, such as a file's name
 * @throws {FedwardError} CONFIG_INVALID naming the first key at fault, all faults in the message
 */
export function parseWith<T extends z.ZodType>(schema: T, value: unknown, what: string): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
    const key = [...issue.path, ...keys.slice(0, 1)].join('.');
    return { key, text: `${key || '(top level)'}: ${issue.message}` };
  });
  const message = `${what} is not valid: ${faults.map(({ text }) => text).join('; ')}`;
  throw new FedwardError('CONFIG_INVALID', message, faults[0]?.key);
}

/**
 * A plan with its defaults filled in and its model checked.
 * @throws {FedwardError} CONFIG_INVALID, naming the key
 */
export function parsePlan(value: unknown, what = 'the training plan'): TrainingPlan {
  const plan = parseWith(trainingPlanSchema, value, what);
  layoutOf(plan.model);
  return plan;
}

/** `sha256:` and the digest of the plan's canonical JSON, defaults included. */
export function planHash(plan: TrainingPlan): string {
  return digestJson(plan);
}
