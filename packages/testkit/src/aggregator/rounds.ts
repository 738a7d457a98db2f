import { Random, type Aggregate, type Aggregator, type Update, type RoundContext, type State } from '@fedward/core';
import { exampleLayout, examplePlan, exampleResult, randomParameters, roundContext } from '../support/fixtures.js';

export type Create = () => Aggregator;

const plan = examplePlan();

export const cohortOf = (size: number): string[] => Array.from({ length: size }, (_, i) => `hospital-${i}`);

export const contextOf = (updates: readonly Update[], round = 0): RoundContext =>
  roundContext(
    plan,
    updates.map(({ clientId }) => clientId),
    round,
  );

/** A state after `init`, with a model that is nowhere zero. */
export function initialState(aggregator: Aggregator): State {
  return aggregator.init(randomParameters(new Random('initial model'), exampleLayout));
}

/** Updates such as a cohort would send: other values and weights for each client, in the payload's layout. */
export function updatesFor(aggregator: Aggregator, state: State, size: number, round = 0): Update[] {
  const cohort = cohortOf(size);
  const { payload } = aggregator.instruct(state, roundContext(plan, cohort, round));
  return cohort.map((clientId, i) =>
    exampleResult(clientId, randomParameters(new Random('update').fork(round, i), payload.layout), {
      baseRound: round,
      weight: 10 + 7 * i,
    }),
  );
}

export function reduce(
  aggregator: Aggregator,
  state: State,
  updates: readonly Update[],
  context = contextOf(updates),
): Aggregate {
  const reduction = aggregator.reduce(state, context);
  for (const update of updates) reduction.add(update);
  return reduction.finish();
}

/** One whole round. */
export function step(aggregator: Aggregator, state: State, updates: readonly Update[], round = 0): State {
  const context = contextOf(updates, round);
  return aggregator.apply(state, reduce(aggregator, state, updates, context), context);
}

export function withValues(update: Update, values: Float32Array): Update {
  return { ...update, payload: { layout: update.payload.layout, values } };
}
