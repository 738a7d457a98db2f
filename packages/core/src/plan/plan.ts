import * as z from 'zod';
import { digestJson } from '../base/digest.js';
import { FedwardError } from '../base/errors.js';
import type { Json } from '../base/json.js';
import { layoutOf } from '../model/shapes.js';
import { modelSpecSchema, mostLayers } from '../model/spec.js';
import { float32Schema } from '../base/float32.js';
import { sizeOf } from '../base/size.js';

const name = z.string().min(1).max(1000);
const jsonObject = z.record(z.string(), z.json() as z.ZodType<Json>);

/** A plugin by the name under which it is registered, and its options, which the plugin's factory checks. */
export const pluginSchema = z.strictObject({ name, options: jsonObject.default({}) });

/** More rounds, steps or epochs than anybody waits for; a number that is mistyped is refused before it costs anything. */
const count = z.int().min(1).max(1_000_000);
/** The most that trainers count with, which is 32 bits. */
const size = z.int().min(1).max(2_147_483_647);
const positive = z.number().positive();
const decay = z
  .number()
  .min(0)
  .refine((value) => Math.fround(value) < 1, 'must be below 1, also once float32 has rounded it');

const optimizerSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('sgd'), learningRate: float32Schema }),
  z.strictObject({ name: z.literal('momentum'), learningRate: float32Schema, momentum: decay.default(0.9) }),
  /** Kingma and Ba 2015, with bias correction; a new state in every round. */
  z.strictObject({
    name: z.literal('adam'),
    learningRate: float32Schema,
    beta1: decay.default(0.9),
    beta2: decay.default(0.999),
    epsilon: float32Schema.default(1e-8),
  }),
]);

/** How a site draws the batches of one round. A privacy mechanism that can't price the way is an error. */
const batchesSchema = z.discriminatedUnion('kind', [
  /** Each epoch is a shuffled partition; the last batch may be smaller. */
  z.strictObject({ kind: z.literal('shuffle'), size, epochs: count }),
  /**
   * Each unit, a record or with `privacy.unit: patient` all the records of a patient, is in each step's batch with this
   * probability, independently. `expectedSize` is the divisor of the sum, which has a term a unit: the expected number
   * of units in a batch, as a public constant, whatever their true number. Draws are multiples of 2^-53: below 1e-9 a
   * probability would be rounded up by more than 1e-7 of it.
   */
  z.strictObject({
    kind: z.literal('poisson'),
    probability: z.number().min(1e-9).max(1),
    steps: count,
    expectedSize: z
      .number()
      .min(1e-6)
      .max(2 ** 31 - 1),
  }),
]);

const privacySchema = z.strictObject({
  /** In the order in which they act on an update that leaves a site; the server undoes them in reverse. */
  mechanisms: z.array(pluginSchema).min(1).max(100),
  accountant: name,
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
  name,
  seed: z.int().min(0),
  rounds: count.max(100_000),
  model: modelSpecSchema,
  training: z.strictObject({
    trainer: name,
    batches: batchesSchema,
    optimizer: optimizerSchema,
  }),
  aggregator: pluginSchema,
  privacy: privacySchema.nullable().default(null),
  cohort: z
    .discriminatedUnion('select', [
      z.strictObject({ select: z.literal('all') }),
      z.strictObject({ select: z.literal('uniform'), size }),
      /** Clients take turns, in their order: client i is asked in the rounds t with t = i (mod groups). */
      z.strictObject({ select: z.literal('cyclic'), groups: size }),
    ])
    .default({ select: 'all' }),
  /** A round with fewer updates than this fails. */
  quorum: size.default(1),
  /**
   * A client that has not answered by then is dropped from the round. At most what a timer can wait, 24 days. Default: what
   * the federation says, which is one hour unless it is a simulation.
   */
  deadlineSeconds: positive.max(2_147_483).optional(),
  /** What an update with a NaN or an Infinity does: fail the run, or drop its client from the round. */
  onInvalidUpdate: z.enum(['fail', 'drop']).default('fail'),
});

/** A plan as `parsePlan` gives it: every default filled in. */
export type TrainingPlan = z.output<typeof trainingPlanSchema>;
/** A plan as a person writes it: what has a default may be left out. */
export type TrainingPlanInput = z.input<typeof trainingPlanSchema>;
/** A plugin as a plan names it. */
export type PluginReference = z.output<typeof pluginSchema>;
/** How a site's steps move its model. */
export type OptimizerSpec = z.output<typeof optimizerSchema>;
/** How a site draws the batches of one round. */
export type BatchesSpec = z.output<typeof batchesSchema>;

/** A plan is read by people: members with those inside of them, and characters of texts. */
const largestPlan = 1_000_000;
/** As many are told at a time: whoever mends these reads on with the next. */
const mostFaults = 3;
/** Options may be objects of objects; what is nested deeper than this is a mistake, or made to exhaust a reader. */
const deepest = 100;
/** Names through which data could reach the prototypes of a program's objects. */
const reserved = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Checks a value against a schema. What is nested beyond 100 levels, or has a member `__proto__`, `constructor` or `prototype`,
 * which a reader may take for something else than a member, is refused first.
 * @param what how the value is called in the message, such as a file's name
 * @throws {FedwardError} CONFIG_INVALID naming the first key at fault; the first three faults in the message, and how many more there are
 */
export function parseWith<T extends z.ZodType>(schema: T, value: unknown, what: string): z.output<T> {
  checkNesting(value, what);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
    const key = [...issue.path, ...keys.slice(0, 1)].join('.');
    return { key, text: `${key || '(top level)'}: ${issue.message}` };
  });
  const more = faults.length > mostFaults ? `; and ${faults.length - mostFaults} more` : '';
  const told = faults.slice(0, mostFaults).map(({ text }) => text);
  const message = `${what} is not valid: ${told.join('; ')}${more}`;
  throw new FedwardError('CONFIG_INVALID', message, faults[0]?.key);
}

/**
 * Depth first, so that what holds itself, in however many places, ends at the first path that is too long.
 * @throws {FedwardError} CONFIG_INVALID naming the key
 */
function checkNesting(value: unknown, what: string): void {
  const rest: { readonly value: unknown; readonly path: readonly string[] }[] = [{ value, path: [] }];
  for (let next = rest.pop(); next; next = rest.pop()) {
    const { value, path } = next;
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) continue;
    if (path.length > deepest) {
      const key = path.slice(0, 3).join('.');
      throw new FedwardError(
        'CONFIG_INVALID',
        `${what} is not valid: ${key}: nested deeper than ${deepest} levels`,
        key,
      );
    }
    for (const name of Object.keys(value)) {
      if (reserved.has(name)) {
        const key = [...path, name].join('.');
        throw new FedwardError('CONFIG_INVALID', `${what} is not valid: ${key}: no member can have this name`, key);
      }
      const member = (value as Readonly<Record<string, unknown>>)[name];
      if (typeof member === 'object' && member !== null) rest.push({ value: member, path: [...path, name] });
    }
  }
}

/**
 * A plan with its defaults filled in and its model checked.
 * @throws {FedwardError} CONFIG_INVALID, naming the key
 */
export function parsePlan(value: unknown, what = 'the training plan'): TrainingPlan {
  if (sizeOf(value, largestPlan) > largestPlan) {
    const { layers } = Object((value as { model?: unknown } | null)?.model) as { layers?: unknown };
    const [key, why] =
      Array.isArray(layers) && layers.length > mostLayers
        ? ['model.layers', `model.layers: ${layers.length} layers; the most is ${mostLayers}`]
        : [undefined, `it is larger than any plan (${largestPlan} members and characters)`];
    throw new FedwardError('CONFIG_INVALID', `${what} is not valid: ${why}`, key);
  }
  const plan = parseWith(trainingPlanSchema, value, what);
  layoutOf(plan.model);
  return plan;
}

/** `sha256:` and the digest of the plan's canonical JSON, defaults included. */
export function planHash(plan: TrainingPlan): string {
  return digestJson(plan);
}
