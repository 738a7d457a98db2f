import * as z from 'zod';
import { digestJson } from '../base/digest.js';
import { parseWith } from '../base/parse.js';
import { FedwardError, incompatible } from '../base/errors.js';
import type { Json } from '../base/json.js';
import { layoutOf, placeLayers } from '../model/shapes.js';
import { modelSpecSchema, mostLayers } from '../model/spec.js';
import { assertObjectiveFits, augmentationSchema, frozenSchema, objectiveSchema } from './objective.js';
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
  /** As `shuffle`, but so many steps: epochs follow one another until they are taken, and the last is cut short. */
  z.strictObject({ kind: z.literal('steps'), size, steps: count }),
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
  /** Both are needed as soon as a mechanism has a price. */
  accountant: name.optional(),
  delta: z.number().gt(0).lt(1).optional(),
  unit: z.enum(['record', 'patient', 'hospital']).default('record'),
  /** The run stops before the round that would take any site past this. */
  budget: z.strictObject({ epsilon: positive }).optional(),
});

/** What all plans have, whatever the work is: who is asked, how answers become one, what protects them. */
const frameSchema = z.strictObject({
  schemaVersion: z.literal(1),
  name,
  seed: z.int().min(0),
  rounds: count.max(100_000),
  aggregator: pluginSchema,
  privacy: privacySchema.nullable().default(null),
  cohort: z
    .discriminatedUnion('select', [
      z.strictObject({ select: z.literal('all') }),
      z.strictObject({ select: z.literal('uniform'), size }),
      /**
       * So many, each with a probability in proportion to its records, at most 1; the weight of its update is divided by
       * it, so that the mean stays unbiased. The numbers of records are public: whoever approves the plan approves them.
       */
      z.strictObject({ select: z.literal('by-size'), size, records: z.record(name, size) }),
      /**
       * Clients take turns: the one at place i is asked in the rounds t with t = i (mod groups). Places are the clients' order
       * (`fixed`, the default), or are drawn anew for each cycle of `groups` rounds (`shuffled`). With as many groups as
       * clients it is cyclic weight transfer (Chang et al. 2018): the model goes from one to the next.
       */
      z.strictObject({ select: z.literal('cyclic'), groups: size, order: z.enum(['fixed', 'shuffled']).optional() }),
    ])
    .default({ select: 'all' }),
  /** When a round has enough. Default: once everyone has answered, or the deadline has passed. */
  collector: pluginSchema.optional(),
  /** How updates are made smaller on their way. Default: not at all. */
  compression: pluginSchema.optional(),
  /** A round with fewer updates than this fails. */
  quorum: size.default(1),
  /**
   * A round fails as well whose updates have less than this share of the weight of all that it waited for: those that came
   * in, and the last known weights of those that did not. A weight that nobody knows can't be shown to be small: the round
   * fails. Where all weights are 1 it is the share by number. Default: no such quorum.
   */
  quorumShare: z.number().gt(0).max(1).optional(),
  /**
   * What a round does that fails because too few answered: fail the run, or be skipped, so that it releases nothing,
   * costs what it would have cost, and the run goes on. Default: fail.
   */
  onMissedQuorum: z.enum(['fail', 'skip']).optional(),
  /**
   * A client that has not answered by then is dropped from the round. At most what a timer can wait, 24 days. Default: what
   * the federation says, which is one hour unless it is a simulation.
   */
  deadlineSeconds: positive.max(2_147_483).optional(),
  /** What an update with a NaN or an Infinity does: fail the run, or drop its client from the round. */
  onInvalidUpdate: z.enum(['fail', 'drop']).default('fail'),
  /** What it is for, as whoever plans it declares; approved with the rest. Nothing is computed from it. */
  about: z
    .strictObject({
      /** Such as `Which patients with chest pain have coronary disease?`. */
      question: z.string().min(1).optional(),
      /** Who is to use what comes of it, on whom, for what decision. */
      intendedUse: z.string().min(1).optional(),
      /** What it must not be used for. */
      outOfScope: z.string().min(1).optional(),
    })
    .optional(),
});

/**
 * All that a site must know to train, as data: no code travels. Its SHA-256 is what a site approves and what
 * the audit log names.
 */
export const trainingPlanSchema = frameSchema.extend({
  model: modelSpecSchema,
  training: z.strictObject({
    trainer: name,
    batches: batchesSchema,
    optimizer: optimizerSchema,
    objective: objectiveSchema.optional(),
    augmentation: augmentationSchema.optional(),
    frozen: frozenSchema.optional(),
  }),
  /**
   * What the first round starts from, where no weights are given: drawn from the seed (default), or zeros, from where nothing
   * hangs on a draw. Zeros are for models of one layer with weights: the units of a hidden one would stay alike.
   */
  initialWeights: z.enum(['drawn', 'zeros']).optional(),
  /** Scores at the sites, on their own test parts, after every so many rounds and after the last. */
  evaluation: z.strictObject({ every: count }).optional(),
});

/** As a training plan; the work is a query by its name, whose options are data. */
export const queryPlanSchema = frameSchema.extend({ query: pluginSchema });

/** A plan as `parsePlan` gives it: every default filled in. */
export type TrainingPlan = z.output<typeof trainingPlanSchema>;
/** A plan as a person writes it: what has a default may be left out. */
export type TrainingPlanInput = z.input<typeof trainingPlanSchema>;
/** A plan of rounds of sums, as `parseQueryPlan` gives it. */
export type QueryPlan = z.output<typeof queryPlanSchema>;
/** A plan of rounds of sums as a person writes it. */
export type QueryPlanInput = z.input<typeof queryPlanSchema>;
/** A frame and its work: a training at each site, or a query. */
export type Plan = TrainingPlan | QueryPlan;

/** True for a plan whose work is training a model. */
export function isTrainingPlan(plan: Plan): plan is TrainingPlan {
  return 'training' in plan;
}

/** A plugin as a plan names it. */
export type PluginReference = z.output<typeof pluginSchema>;
/** How a site's steps move its model. */
export type OptimizerSpec = z.output<typeof optimizerSchema>;
/** How a site draws the batches of one round. */
export type BatchesSpec = z.output<typeof batchesSchema>;

/** A plan is read by people: members with those inside of them, and characters of texts. */
const largestPlan = 1_000_000;
/**
 * A training plan with its defaults filled in and its model checked.
 * @throws {FedwardError} CONFIG_INVALID, naming the key; CONFIG_INCOMPATIBLE for an objective or an augmentation that the
 *   model has no meaning for
 */
export function parsePlan(value: unknown, what = 'the training plan'): TrainingPlan {
  assertNotLarge(value, what);
  const plan = parseWith(trainingPlanSchema, value, what);
  layoutOf(plan.model);
  assertStartFits(plan);
  assertObjectiveFits(plan.model, plan.training);
  return plan;
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for zeros that nothing could be learned from */
function assertStartFits({ initialWeights, model }: TrainingPlan): void {
  if (initialWeights !== 'zeros') return;
  const weighted = placeLayers(model).filter(({ tensors }) => tensors.length > 0).length;
  if (weighted === 1) return;
  throw incompatible(
    `initialWeights: zeros is for models of one layer with weights, this one has ${weighted}: all units of a layer would stay alike`,
    'initialWeights',
  );
}

/** As `parsePlan`, for a plan whose work is a query. */
export function parseQueryPlan(value: unknown, what = 'the plan'): QueryPlan {
  assertNotLarge(value, what);
  return parseWith(queryPlanSchema, value, what);
}

/** As `parsePlan` or `parseQueryPlan`: the second for a plan with a member `query`. */
export function parseAnyPlan(value: unknown, what = 'the plan'): Plan {
  const asks = typeof value === 'object' && value !== null && 'query' in value;
  return asks ? parseQueryPlan(value, what) : parsePlan(value, what);
}

function assertNotLarge(value: unknown, what: string): void {
  if (sizeOf(value, largestPlan) <= largestPlan) return;
  const { layers } = Object((value as { model?: unknown } | null)?.model) as { layers?: unknown };
  const [key, why] =
    Array.isArray(layers) && layers.length > mostLayers
      ? ['model.layers', `model.layers: ${layers.length} layers; the most is ${mostLayers}`]
      : [undefined, `it is larger than any plan (${largestPlan} members and characters)`];
  throw new FedwardError('CONFIG_INVALID', `${what} is not valid: ${why}`, key);
}

/** `sha256:` and the digest of the plan's canonical JSON, defaults included. */
export function planHash(plan: Plan): string {
  return digestJson(plan);
}
