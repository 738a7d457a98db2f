import {
  addMean,
  assertFits,
  composeAggregator,
  FedwardError,
  incompatible,
  isTrainingPlan,
  type Aggregator,
  type ComposedState,
  type FederationContext,
  type LeftOut,
  type Plan,
  type Reach,
  type Reduction,
  type TensorsForm,
} from '@fedward/core';

/** One site's change of the model, as a rule sees it. */
export interface Sent {
  readonly id: string;
  /** What it says its number of records is. */
  readonly weight: number;
  /** [size] */
  readonly values: Float32Array | Float64Array;
}

/** What a rule makes of the changes of one round. */
export interface Agreed {
  /** [size], what the model moves by. */
  readonly change: Float64Array;
  /** Whom it does not listen to. Absent: nobody. */
  readonly leftOut?: readonly LeftOut[];
}

/** Of n changes, at least as many as it needs, one. Left as they are. */
export type Rule = (sent: readonly Sent[]) => Agreed;

/** A rule, and what is to be known of it. */
export interface RuleOf {
  readonly name: string;
  /** The fewest updates that it means something of, >= 1. */
  readonly least: number;
  readonly rule: Rule;
  /** True where it counts each site by the records that it says it has, and not once. */
  readonly byRecords?: boolean;
  reach(weights: ReadonlyMap<string, number>): readonly Reach[];
}

/** What to do where hospitals are too few for a rule. */
const forFewer = ': to survive fewer liars (`byzantine`) it needs fewer, and median takes any number';

/**
 * An aggregator that moves the model by what a rule makes of the changes, which it looks at one by one: it needs them all in
 * memory, and to see each.
 *
 * Its `validate` and `init` throw CONFIG_INCOMPATIBLE for a plan whose rounds ask fewer sites than the rule needs; the
 * reduction's `finish` throws QUORUM_NOT_MET, naming the rule, where fewer have answered.
 */
export function oneByOne({ name, least, rule, reach, byRecords = false }: RuleOf): Aggregator<ComposedState<null>> {
  const aggregator = composeAggregator<null>({
    name,
    reduce: ({ layout }) => collected({ layout, element: 'f32' }, { name, least, rule }),
    requires: ['individual-updates', ...(byRecords ? [] : ['told-weights'])],
    provides: [],
    optimizer: addMean,
    validate: (plan) => assertPlan(plan, name, least),
    ...(!byRecords && { counts: () => 1 }),
  });
  return {
    ...aggregator,
    reach,
    init(initial, context) {
      assertEnough(context, name, least);
      return aggregator.init(initial, context);
    },
  };
}

/** The reduction that keeps what comes in until the rule has its say. */
export function collected(form: TensorsForm, { name, least, rule }: Omit<RuleOf, 'reach' | 'byRecords'>): Reduction {
  const sent: Sent[] = [];
  return {
    add(update) {
      assertFits(update, form);
      sent.push({ id: update.clientId, weight: update.weight, values: Float32Array.from(update.payload.values) });
    },
    finish() {
      const n = sent.length;
      if (n < least)
        throw new FedwardError('QUORUM_NOT_MET', `${name} needs ${least} updates, there are ${n}`, 'quorum');
      const { change, leftOut = [] } = rule(sent);
      return { payload: change, divisor: 1, count: n - leftOut.length, ...(leftOut.length > 0 && { leftOut }) };
    },
  };
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for a query, and for rounds that ask fewer than the rule needs */
export function assertPlan(plan: Plan, name: string, least: number): void {
  if (!isTrainingPlan(plan))
    throw incompatible(
      `${name} is made for changes of a model, and the plan's work is the query ${plan.query.name}: name an aggregator of its answers`,
      'aggregator.name',
    );
  const { cohort } = plan;
  if ('size' in cohort && cohort.size < least)
    throw incompatible(
      `${name} needs ${least} updates a round, and cohort.size is ${cohort.size}${forFewer}`,
      'cohort.size',
    );
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE where there are fewer sites than the rule needs */
export function assertEnough({ plan: { cohort }, population }: FederationContext, name: string, least: number): void {
  const asked = cohort.select === 'cyclic' ? Math.floor(population / cohort.groups) : population;
  if (asked >= least) return;
  const few =
    cohort.select === 'cyclic' ? `of ${population} sites a round asks ${asked}` : `there are ${population} sites`;
  throw incompatible(`${name} needs ${least} updates a round, and ${few}${forFewer}`, 'aggregator.name');
}
