import {
  createLayout,
  createTensors,
  Random,
  type Aggregator,
  type ElementArray,
  type Plan,
  type Reduced,
  type RoundContext,
  type State,
  type Tensors,
  type TensorsForm,
  type Update,
} from '@fedward/core';
import { exampleResult, roundContext } from '../support/fixtures.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what it keeps, and what that stands for, is its own business
export type AnyAggregator = Aggregator<any, any>;

/** An aggregator and what it is tried with. */
export interface Given {
  readonly create: () => AnyAggregator;
  readonly plan: Plan;
  readonly initial: Tensors;
  /** One update's numbers, in this form. */
  readonly example: (random: Random, form: TensorsForm) => Tensors;
  readonly minimumCohort: number;
  readonly proportional: boolean;
}

export const cohortOf = (size: number): string[] => Array.from({ length: size }, (_, i) => `hospital-${i}`);

/** A round that asks these, of a population that is larger. */
export const contextFor = ({ plan }: Given, cohort: readonly string[], round = 0): RoundContext => ({
  ...roundContext(plan, cohort, round),
  population: cohort.length + 3,
});

export const contextOf = (given: Given, updates: readonly Update[], round = 0): RoundContext =>
  contextFor(
    given,
    updates.map(({ clientId }) => clientId),
    round,
  );

/** A state after `init`. */
export function initialState({ plan, initial }: Given, aggregator: AnyAggregator): State {
  return aggregator.init(initial, { plan, population: 7 }) as State;
}

/** What the cohort is to send back. */
export function expectedForm(aggregator: AnyAggregator, state: State, context: RoundContext): TensorsForm {
  const { payload, expects } = aggregator.instruct(state, context);
  return expects ?? { layout: payload.layout, element: 'f32' };
}

/** Updates such as a cohort would send: other values and weights for each client, in the form that is expected. */
export function updatesFor(given: Given, aggregator: AnyAggregator, state: State, size: number, round = 0): Update[] {
  const cohort = cohortOf(size);
  const form = expectedForm(aggregator, state, contextFor(given, cohort, round));
  return cohort.map((clientId, i) =>
    exampleResult(clientId, given.example(new Random('update').fork(round, i), form), {
      baseRound: round,
      weight: 'query' in given.plan ? 1 : 10 + 7 * i,
    }),
  );
}

/** Normal draws; whole numbers where the form has no others. */
export function randomExample(random: Random, form: TensorsForm): Tensors {
  const tensors = createTensors(form);
  for (let i = 0; i < tensors.values.length; i++)
    tensors.values[i] = form.element === 'u32' ? Math.floor(1000 * random.uniform()) : random.normal();
  return tensors;
}

export function reduce(
  given: Given,
  aggregator: AnyAggregator,
  state: State,
  updates: readonly Update[],
  context = contextOf(given, updates),
): Reduced {
  const reduction = aggregator.reduce(state, context);
  for (const update of updates) reduction.add(update);
  return reduction.finish();
}

/** One whole round. */
export function step(
  given: Given,
  aggregator: AnyAggregator,
  state: State,
  updates: readonly Update[],
  round = 0,
): State {
  const context = contextOf(given, updates, round);
  const { leftOut: _, ...aggregate } = reduce(given, aggregator, state, updates, context);
  return aggregator.apply(state, aggregate, context) as State;
}

export const valuesOf = (aggregator: AnyAggregator, state: State): ElementArray =>
  (aggregator.parameters(state) as Tensors).values;

export function withValues(update: Update, values: ElementArray): Update {
  return { ...update, payload: { layout: update.payload.layout, values } };
}

/** The update with each number changed, in the same form. */
export function mapped(update: Update, change: (value: number) => number): Update {
  return withValues(update, update.payload.values.map(change));
}

/** One tensor more than the layout has, and others that are one thing away from fitting. */
export function misfits(update: Update): [string, Update][] {
  const { layout, values } = update.payload;
  const element = values instanceof Float64Array ? 'f64' : values instanceof Uint32Array ? 'u32' : 'f32';
  const tensors = layout.tensors.map(({ name, shape }) => ({ name, shape }));
  const given = (changed: typeof tensors): Update => ({
    ...update,
    payload: createTensors({ layout: createLayout(changed), element }),
  });
  const [first, ...others] = tensors;
  return [
    ['an update with one tensor too many', given([...tensors, { name: 'extra', shape: [1] }])],
    ['an update with a tensor of another name', given([{ ...first!, name: 'other' }, ...others])],
    ['an update with a tensor of another shape', given([{ ...first!, shape: [...first!.shape, 1] }, ...others])],
    ['an update whose array is one value short', withValues(update, values.slice(1))],
  ];
}
