import assert from 'node:assert/strict';
import { createLayout, createParameters, type Aggregator, type Update, type State } from '@fedward/core';
import { assertAllClose, assertClose, assertNames, assertSame, refuses } from '../support/assertions.js';
import { exampleLayout, exampleResult } from '../support/fixtures.js';
import { reachableArrayBytes } from '../support/memory.js';
import type { Checks } from '../suite.js';
import { cohortOf, contextOf, initialState, reduce, step, updatesFor, withValues, type Create } from './rounds.js';

const float32Max = (2 - 2 ** -23) * 2 ** 127;
const rounding = { relative: 1e-6, absolute: 1e-7 };

/** How updates become one. */
export function reductionChecks(create: Create, minimumCohort: number): Checks {
  const size = Math.max(4, minimumCohort);
  const start = (more = 0): { aggregator: Aggregator; state: State; updates: Update[] } => {
    const aggregator = create();
    const state = initialState(aggregator);
    return { aggregator, state, updates: updatesFor(aggregator, state, size + more) };
  };
  const modelAfter = (aggregator: Aggregator, state: State, updates: readonly Update[]): Float32Array =>
    aggregator.parameters(step(aggregator, state, updates)).values;

  const checks: Checks = {
    'an aggregate counts its updates and can be divided'() {
      const { aggregator, state, updates } = start();
      const { payload, divisor, count } = reduce(aggregator, state, updates);
      assert.ok(payload instanceof Float64Array, 'the payload is not a Float64Array');
      assert.ok(payload.every(Number.isFinite), 'the payload of finite updates is not finite');
      assert.ok(Number.isFinite(divisor) && divisor > 0, `the divisor is ${divisor}`);
      assert.equal(count, updates.length, 'the count is not the number of updates');
    },

    'updates at the end of float32 have a finite sum'() {
      const { aggregator, state, updates } = start();
      const largest = updates.map((update, i) => ({
        ...withValues(
          update,
          update.payload.values.map(() => (i % 3 === 0 ? -float32Max : float32Max)),
        ),
        weight: 2 ** 32,
      }));
      const { payload, divisor } = reduce(aggregator, state, largest);
      assert.ok(payload.every(Number.isFinite), 'the payload of finite updates is not finite');
      assert.ok(
        payload.every((sum) => Number.isFinite(Math.fround(sum / divisor))),
        'their mean is not finite',
      );
    },

    async 'fewer updates than it needs are refused'() {
      const { aggregator, state, updates } = start();
      for (let n = 0; n < minimumCohort; n++)
        await refuses('QUORUM_NOT_MET', `${n} updates`, () => reduce(aggregator, state, updates.slice(0, n)));
    },

    'as few updates as it needs are enough'() {
      const { aggregator, state, updates } = start();
      const few = updates.slice(0, minimumCohort);
      assert.equal(reduce(aggregator, state, few).count, minimumCohort, 'the count is not the number of updates');
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
      const asked = contextOf(updates);
      assertSame(
        reduce(aggregator, state, arrived, asked),
        reduce(aggregator, state, arrived, contextOf(arrived)),
        'the aggregate of those that answered, one more having been asked',
      );
    },

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

    'an update overwritten after add() still counts as it was'() {
      const { aggregator, state, updates } = start();
      const expected = reduce(aggregator, state, updates);
      const reduction = aggregator.reduce(state, contextOf(updates));
      for (const update of updates) {
        const values = update.payload.values.slice();
        reduction.add(withValues(update, values));
        values.fill(123);
      }
      assertSame(reduction.finish(), expected, 'the aggregate, each array overwritten once it was added');
    },

    'two reductions side by side do not mix'() {
      const { aggregator, state, updates } = start();
      const others = updates.map((u) =>
        withValues(
          u,
          u.payload.values.map((x) => 3 - x),
        ),
      );
      const [one, two] = [aggregator.reduce(state, contextOf(updates)), aggregator.reduce(state, contextOf(updates))];
      updates.forEach((update, i) => {
        one.add(update);
        two.add(others[i]!);
      });
      assertSame(one.finish(), reduce(aggregator, state, updates), 'the aggregate beside another');
      assertSame(two.finish(), reduce(aggregator, state, others), 'the other aggregate');
    },

    async 'a weight that is not positive and finite is refused, naming the client'() {
      const { aggregator, state, updates } = start();
      for (const weight of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
        const reduction = aggregator.reduce(state, contextOf(updates));
        const bad = { ...updates[1]!, weight };
        assertNames(await refuses('UPDATE_INVALID', `weight ${weight}`, () => reduction.add(bad)), bad.clientId);
      }
    },

    async 'an update in another layout is refused, naming the client'() {
      const { aggregator, state, updates } = start();
      for (const [what, bad] of misfits(updates[1]!)) {
        const reduction = aggregator.reduce(state, contextOf(updates));
        reduction.add(updates[0]!);
        assertNames(await refuses('UPDATE_INVALID', what, () => reduction.add(bad)), bad.clientId);
      }
    },

    async 'the first update is held to the layout too'() {
      const { aggregator, state, updates } = start();
      for (const [what, bad] of misfits(updates[0]!)) {
        const reduction = aggregator.reduce(state, contextOf(updates));
        await refuses('UPDATE_INVALID', `${what}, first of its cohort`, () => reduction.add(bad));
      }
    },

    async 'a refused update leaves no trace in the sum'() {
      const { aggregator, state, updates } = start();
      const reduction = aggregator.reduce(state, contextOf(updates));
      const bad = [{ ...updates[0]!, weight: -1 }, ...misfits(updates[0]!).map(([, update]) => update)];
      for (const update of updates) {
        for (const refused of bad) await refuses('UPDATE_INVALID', 'a bad update', () => reduction.add(refused));
        reduction.add(update);
      }
      assertSame(reduction.finish(), reduce(aggregator, state, updates), 'the aggregate after refused updates');
    },
  };
  const { provides } = create();
  return {
    ...checks,
    ...(provides.includes('sum-only') ? sums(create, size) : {}),
    ...(provides.includes('bounded-sensitivity') ? bounded(create, size) : {}),
  };
}

/** Updates that are one thing away from fitting. */
function misfits(update: Update): [string, Update][] {
  const { layout, values } = update.payload;
  const tensors = layout.tensors.map(({ name, shape }) => ({ name, shape }));
  const given = (changed: typeof tensors): Update => ({
    ...update,
    payload: createParameters(createLayout(changed)),
  });
  return [
    ['an update with one tensor too many', given([...tensors, { name: 'extra', shape: [1] }])],
    ['an update with a tensor of another name', given([{ ...tensors[0]!, name: 'other' }, ...tensors.slice(1)])],
    [
      'an update with a tensor turned on its side',
      given([{ ...tensors[0]!, shape: tensors[0]!.shape.toReversed() }, ...tensors.slice(1)]),
    ],
    ['an update whose array is one value short', withValues(update, values.slice(1))],
  ];
}

function sums(create: Create, size: number): Checks {
  return {
    'sum-only: the sum over a cohort is the sum over its parts'() {
      const aggregator = create();
      const state = initialState(aggregator);
      const updates = updatesFor(aggregator, state, size);
      const whole = reduce(aggregator, state, updates);
      const parts = updates.map((update) => reduce(aggregator, state, [update], contextOf(updates)));
      const sum = whole.payload.map((_, i) => parts.reduce((total, { payload }) => total + payload[i]!, 0));
      assertAllClose(whole.payload, sum, 'the sum', { relative: 1e-12, absolute: 1e-9 });
      const divisor = parts.reduce((total, part) => total + part.divisor, 0);
      assertClose(whole.divisor, divisor, 'the divisor', { relative: 1e-12 });
    },

    'sum-only: memory does not grow with the cohort'() {
      const values = 100_000;
      const layout = createLayout([{ name: 'kernel', shape: [values] }]);
      const aggregator = create();
      const state = aggregator.init(createParameters(layout));
      const cohort = cohortOf(32);
      const context = contextOf(cohort.map((id) => exampleResult(id, createParameters(exampleLayout))));
      const { payload } = aggregator.instruct(state, context);
      const update = createParameters(payload.layout);
      const reduction = aggregator.reduce(state, context);
      reduction.add(exampleResult(cohort[0]!, update));
      const before = reachableArrayBytes();
      for (const clientId of cohort.slice(1)) reduction.add(exampleResult(clientId, update));
      const kept = (reachableArrayBytes() - before) / update.values.byteLength;
      assert.equal(reduction.finish().count, cohort.length, 'the count is not the number of updates');
      assert.ok(kept < 8, `after ${cohort.length} updates the reduction keeps the memory of ${kept.toFixed(1)} more`);
    },
  };
}

function bounded(create: Create, size: number): Checks {
  return {
    'bounded-sensitivity: an update moves the sum by its norm times its weight at most'() {
      const aggregator = create();
      const state = aggregator.init(createParameters(exampleLayout)); // zero, so that a model is its own change
      const updates = updatesFor(aggregator, state, size);
      const whole = reduce(aggregator, state, updates).payload;
      updates.forEach(({ clientId, payload, weight }, left) => {
        const without = reduce(
          aggregator,
          state,
          updates.filter((_, i) => i !== left),
          contextOf(updates),
        ).payload;
        const moved = Math.hypot(...whole.map((x, i) => x - without[i]!));
        const limit = weight * Math.hypot(...payload.values);
        assert.ok(
          moved <= limit * (1 + 1e-5),
          `${clientId} moved the sum by ${moved}, its norm times weight is ${limit}`,
        );
      });
    },
  };
}
