import assert from 'node:assert/strict';
import { isTrainingPlan, type ElementArray, type State, type Update } from '@fedward/core';
import { assertAllClose, assertNames, assertSame, refuses } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import { contextOf, initialState, mapped, misfits, reduce, step, updatesFor, valuesOf, withValues } from './rounds.js';
import type { AnyAggregator, Given } from './rounds.js';

const float32Max = (2 - 2 ** -23) * 2 ** 127;
const rounding = { relative: 1e-6, absolute: 1e-7 };

/** How updates become one. */
export function reductionChecks(given: Given): Checks {
  const { create, minimumCohort } = given;
  const size = Math.max(4, minimumCohort);
  const start = (more = 0): { aggregator: AnyAggregator; state: State; updates: Update[] } => {
    const aggregator = create();
    const state = initialState(given, aggregator);
    return { aggregator, state, updates: updatesFor(given, aggregator, state, size + more) };
  };
  const modelAfter = (aggregator: AnyAggregator, state: State, updates: readonly Update[]): ElementArray =>
    valuesOf(aggregator, step(given, aggregator, state, updates));

  const checks: Checks = {
    'an aggregate counts its updates and can be divided'() {
      const { aggregator, state, updates } = start();
      const { payload, divisor, count, leftOut = [] } = reduce(given, aggregator, state, updates);
      assert.ok(payload instanceof Float64Array, 'the payload is not a Float64Array');
      assert.ok(payload.every(Number.isFinite), 'the payload of finite updates is not finite');
      assert.ok(Number.isFinite(divisor) && divisor > 0, `the divisor is ${divisor}`);
      assert.equal(count + leftOut.length, updates.length, 'the count is not the number of updates in the sum');
    },

    'whoever is left out is one of those who came, each once, with a reason'() {
      const { aggregator, state, updates } = start();
      const cohorts = [updates, [mapped(updates[0]!, (x) => 1000 * x), ...updates.slice(1)]];
      for (const arrived of cohorts) {
        const { leftOut = [] } = reduce(given, aggregator, state, arrived);
        const ids = arrived.map(({ clientId }) => clientId);
        for (const { id, reason } of leftOut) {
          assert.ok(ids.includes(id), `${id} is left out, and had sent nothing`);
          assert.ok(reason.trim() !== '', `it does not say why ${id} is left out`);
        }
        assert.equal(new Set(leftOut.map(({ id }) => id)).size, leftOut.length, 'somebody is left out twice');
      }
    },

    async 'fewer updates than it needs are refused'() {
      const { aggregator, state, updates } = start();
      for (let n = 0; n < minimumCohort; n++)
        await refuses('QUORUM_NOT_MET', `${n} updates`, () => reduce(given, aggregator, state, updates.slice(0, n)));
    },

    'as few updates as it needs are enough'() {
      const { aggregator, state, updates } = start();
      const few = updates.slice(0, minimumCohort);
      assert.ok(reduce(given, aggregator, state, few).count > 0, 'there is no update in the sum');
      assert.ok(modelAfter(aggregator, state, few).every(Number.isFinite), 'the model is not finite');
    },

    'the order of the cohort changes nothing but rounding'() {
      const { aggregator, state, updates } = start();
      const model = modelAfter(aggregator, state, updates);
      const reversed = modelAfter(aggregator, state, updates.toReversed());
      const rotated = modelAfter(aggregator, state, [...updates.slice(1), updates[0]!]);
      assertAllClose(reversed, model, 'the model of the reversed cohort', rounding);
      assertAllClose(rotated, model, 'the model of the rotated cohort', rounding);
    },

    'a client that drops out leaves the others as they are'() {
      const { aggregator, state, updates } = start(1);
      const arrived = updates.slice(1);
      const asked = contextOf(given, updates);
      assertSame(
        reduce(given, aggregator, state, arrived, asked),
        reduce(given, aggregator, state, arrived, contextOf(given, arrived)),
        'the aggregate of those that answered, one more having been asked',
      );
    },

    'an update overwritten after add() still counts as it was'() {
      const { aggregator, state, updates } = start();
      const expected = reduce(given, aggregator, state, updates);
      const reduction = aggregator.reduce(state, contextOf(given, updates));
      for (const update of updates) {
        const values = update.payload.values.slice();
        reduction.add(withValues(update, values));
        values.fill(123);
      }
      assertSame(reduction.finish(), expected, 'the aggregate, each array overwritten once it was added');
    },

    'two reductions side by side do not mix'() {
      const { aggregator, state, updates } = start();
      const others = updates.map((update) => mapped(update, (x) => 2 * x));
      const [one, two] = [
        aggregator.reduce(state, contextOf(given, updates)),
        aggregator.reduce(state, contextOf(given, updates)),
      ];
      updates.forEach((update, i) => {
        one.add(update);
        two.add(others[i]!);
      });
      assertSame(one.finish(), reduce(given, aggregator, state, updates), 'the aggregate beside another');
      assertSame(two.finish(), reduce(given, aggregator, state, others), 'the other aggregate');
    },

    async 'a weight that is not positive and finite is refused, naming the client'() {
      const { aggregator, state, updates } = start();
      for (const weight of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
        const reduction = aggregator.reduce(state, contextOf(given, updates));
        const bad = { ...updates[1]!, weight };
        assertNames(await refuses('UPDATE_INVALID', `weight ${weight}`, () => reduction.add(bad)), bad.clientId);
      }
    },

    async 'an update in another layout is refused, naming the client'() {
      const { aggregator, state, updates } = start();
      for (const [what, bad] of misfits(updates[1]!)) {
        const reduction = aggregator.reduce(state, contextOf(given, updates));
        reduction.add(updates[0]!);
        assertNames(await refuses('UPDATE_INVALID', what, () => reduction.add(bad)), bad.clientId);
      }
    },

    async 'the first update is held to the layout too'() {
      const { aggregator, state, updates } = start();
      for (const [what, bad] of misfits(updates[0]!)) {
        const reduction = aggregator.reduce(state, contextOf(given, updates));
        await refuses('UPDATE_INVALID', `${what}, first of its cohort`, () => reduction.add(bad));
      }
    },

    async 'a refused update leaves no trace in the sum'() {
      const { aggregator, state, updates } = start();
      const reduction = aggregator.reduce(state, contextOf(given, updates));
      const bad = [{ ...updates[0]!, weight: -1 }, ...misfits(updates[0]!).map(([, update]) => update)];
      for (const update of updates) {
        for (const refused of bad) await refuses('UPDATE_INVALID', 'a bad update', () => reduction.add(refused));
        reduction.add(update);
      }
      assertSame(reduction.finish(), reduce(given, aggregator, state, updates), 'the aggregate after refused updates');
    },
  };
  return isTrainingPlan(given.plan) ? { ...checks, ...weightChecks(given, start, modelAfter) } : checks;
}

type Start = () => { aggregator: AnyAggregator; state: State; updates: Update[] };

/** Weights are 1 where the work is a query. */
function weightChecks(
  given: Given,
  start: Start,
  modelAfter: (aggregator: AnyAggregator, state: State, updates: readonly Update[]) => ElementArray,
): Checks {
  return {
    'updates at the end of float32 have a finite sum'() {
      const { aggregator, state, updates } = start();
      const largest = updates.map((update, i) => ({
        ...mapped(update, () => (i % 3 === 0 ? -float32Max : float32Max)),
        weight: 2 ** 32,
      }));
      const { payload, divisor } = reduce(given, aggregator, state, largest);
      assert.ok(payload.every(Number.isFinite), 'the payload of finite updates is not finite');
      assert.ok(
        payload.every((sum) => Number.isFinite(Math.fround(sum / divisor))),
        'their mean is not finite',
      );
    },

    ...(given.proportional && {
      'weights count by their proportions alone'() {
        const { aggregator, state, updates } = start();
        const scaled = updates.map((update) => ({ ...update, weight: update.weight * 8 }));
        assertAllClose(
          modelAfter(aggregator, state, scaled),
          modelAfter(aggregator, state, updates),
          'the model once all weights are eight times as large',
          rounding,
        );
      },
    }),
  };
}
