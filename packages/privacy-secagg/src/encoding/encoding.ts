import { FedwardError, isTrainingPlan } from '@fedward/core';
import type {
  Capability,
  ElementArray,
  Plan,
  PrivacyMechanism,
  RoundContext,
  SiteContext,
  Tensors,
  TensorsForm,
  Update,
} from '@fedward/core';
import type { BitSource } from '@fedward/kit-noise';
import type * as z from 'zod';
import type { secureAggregationOptions } from '../options.js';
import { thresholdOf } from '../protocol/context.js';
import { assertFixedPoint, decode, encode, maskedForm, type DecodedSum, type FixedPoint } from './fixed-point.js';
import { assertNoisyPlan, decodeNoisy, encodeNoisy, noiseAssumptions, noisyForm, sharedNoise } from './noise.js';
import { decodeStep, encodeStep, noisyStep, requiredOfAggregator, stepAssumptions, stepForm } from './noisy-step.js';

type Options = Omit<z.output<typeof secureAggregationOptions>, 'identities' | 'threshold'>;
/** What the encoding hangs on, beside the options: the same for all sites of a round, and for the server. */
type InRound = Pick<RoundContext, 'plan' | 'cohort'>;

type Noise = NonNullable<Options['noise']>;

/** How updates become words that are summed, and the sum numbers again. With a price where there is noise. */
export interface Encoding extends Pick<PrivacyMechanism, 'adjacency' | 'event' | 'protects' | 'gradient'> {
  /** Of the aggregator, beside what every secure sum needs. */
  readonly requires: readonly Capability[];
  readonly assumptions: readonly string[];
  /** @throws {FedwardError} CONFIG_INCOMPATIBLE for a plan under which the price would not be true */
  validate(plan: Plan): void;
  form(update: TensorsForm): TensorsForm;
  /** @throws {FedwardError} CONFIG_INCOMPATIBLE for so many sites that a sum could wrap, with what to change */
  assertFits(context: InRound): void;
  encode(update: Update, context: InRound & Pick<SiteContext, 'sent'>, source: BitSource): Tensors<Uint32Array>;
  decode(sum: Uint32Array, context: InRound): DecodedSum;
}

/** @param threshold as the plan has it */
export function encodingOf(options: Options, threshold: number | undefined): Encoding {
  return options.noise ? noisy(options, options.noise, threshold) : exact(options);
}

/** By fixed point, with the weights folded in. */
function exact({ range, bits, weights, mostRecords }: Options): Encoding {
  /** Another mechanism's price forbids to tell the number of records, in a sum too; answers to a query have no weights. */
  const fixedPoint = ({ plan, cohort }: InRound): FixedPoint => {
    const equal = weights === 'equal' || plan.privacy?.accountant !== undefined || !isTrainingPlan(plan);
    return { range, bits, sites: cohort.length, mostRecords: equal ? 1 : mostRecords };
  };
  return {
    requires: [],
    assumptions: [],
    validate(plan) {
      const { cohort } = plan;
      if ('size' in cohort) assertFixedPoint(fixedPoint({ plan, cohort: Array<string>(cohort.size).fill('') }));
    },
    form: (update) => maskedForm(update, { bits }),
    assertFits: (context) => assertFixedPoint(fixedPoint(context)),
    encode({ payload: { layout, values }, weight }, context, source) {
      const fixed = fixedPoint(context);
      // A change that is cut is a smaller change; an answer that is cut is a wrong one.
      if (!isTrainingPlan(context.plan)) assertWithin(values, range);
      const words = encode(values, fixed.mostRecords === 1 ? 1 : weight, fixed, source);
      return { layout: maskedForm({ layout, element: 'f32' }, { bits }).layout, values: words };
    },
    decode(sum, context) {
      const fixed = fixedPoint(context);
      const { payload, divisor } = decode(sum, fixed, bits === 64 ? (sum.length - 1) / 2 : sum.length - 1);
      // The sum itself, for whoever does not divide it.
      for (let i = 0; i < payload.length; i++) payload[i]! *= fixed.mostRecords;
      return { payload, divisor: divisor * fixed.mostRecords };
    },
  };
}

/** @throws {FedwardError} UPDATE_INVALID naming the option, without the value */
function assertWithin(values: ElementArray, range: number): void {
  if (!values.some((value) => Math.abs(value) > range)) return;
  throw new FedwardError(
    'UPDATE_INVALID',
    `an answer has a value beyond ${range}, and would be cut: set the option range of secagg to the largest that there can be`,
    'range',
  );
}

/** With a share of noise, each site counting once. */
function noisy({ weights = 'equal' }: Options, { on, ...options }: Noise, threshold: number | undefined): Encoding {
  const shared = ({ plan: { rounds }, cohort }: InRound) => {
    const least = thresholdOf(cohort.length, threshold);
    const { expectedClients = cohort.length, ...rest } = options;
    return sharedNoise({ ...rest, expectedClients }, { sites: cohort.length, threshold: least, rounds });
  };
  // What a round spends hangs on neither the sites nor the rounds; the noise of the shares does.
  const alone = sharedNoise({ ...options, colluding: 0, expectedClients: 1 }, { sites: 1, threshold: 1, rounds: 1 });
  const common = {
    adjacency: 'add-or-remove-one',
    protects: 'what leaves a site',
    assertFits: (context: InRound) => void shared(context),
  } as const;
  if (on === 'updates')
    return {
      ...common,
      requires: [],
      event: () => alone.event,
      assumptions: noiseAssumptions(options),
      validate: (plan) => assertNoisyPlan(plan, weights),
      form: noisyForm,
      encode: ({ payload: { layout, values } }, context, source) => ({
        layout: noisyForm({ layout, element: 'f32' }).layout,
        values: encodeNoisy(values, shared(context), source),
      }),
      decode: (sum, context) => decodeNoisy(sum, shared(context)),
    };
  const step = (context: InRound) => noisyStep(shared(context), context.plan, weights);
  const known = (plan: Plan) => noisyStep(alone, plan, weights);
  return {
    ...common,
    requires: [requiredOfAggregator],
    event: ({ plan }) => known(plan).event,
    gradient: (plan) => known(plan).gradient,
    assumptions: [...noiseAssumptions(options), ...stepAssumptions],
    validate: (plan) => void known(plan),
    form: stepForm,
    encode: ({ payload: { layout, values } }, context, source) => ({
      layout: stepForm({ layout, element: 'f32' }).layout,
      values: encodeStep(values, context.sent.values, step(context), source),
    }),
    decode: (sum, context) => decodeStep(sum, step(context)),
  };
}
