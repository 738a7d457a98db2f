import assert from 'node:assert/strict';
import { createLayout, createTensors, weightedSum } from '@fedward/core';
import { assertAllClose, assertClose } from '../support/assertions.js';
import { exampleResult } from '../support/fixtures.js';
import { reachableArrayBytes } from '../support/memory.js';
import type { Checks } from '../suite.js';
import { cohortOf, contextFor, contextOf, expectedForm, initialState, reduce, updatesFor } from './rounds.js';
import type { Given } from './rounds.js';

/** What mechanisms and collectors may rely on, where an aggregator provides it. */
export function sumChecks(given: Given): Checks {
  const { provides } = given.create();
  const size = Math.max(4, given.minimumCohort);
  return {
    ...(provides.includes('sum-only') ? sums(given, size) : {}),
    ...(provides.includes('bounded-sensitivity') ? bounded(given, size) : {}),
    ...(provides.includes('stale-updates') ? stale(given, size) : {}),
  };
}

function sums(given: Given, size: number): Checks {
  return {
    'sum-only: the sum over a cohort is the sum over its parts'() {
      const aggregator = given.create();
      const state = initialState(given, aggregator);
      const updates = updatesFor(given, aggregator, state, size);
      const whole = reduce(given, aggregator, state, updates);
      const parts = updates.map((update) => reduce(given, aggregator, state, [update], contextOf(given, updates)));
      const sum = whole.payload.map((_, i) => parts.reduce((total, { payload }) => total + payload[i]!, 0));
      assertAllClose(whole.payload, sum, 'the sum', { relative: 1e-12, absolute: 1e-9 });
      const divisor = parts.reduce((total, part) => total + part.divisor, 0);
      assertClose(whole.divisor, divisor, 'the divisor', { relative: 1e-12 });
    },

    'sum-only: it is the sum by weight, as core makes it of updates that are masked'() {
      const aggregator = given.create();
      const state = initialState(given, aggregator);
      const updates = updatesFor(given, aggregator, state, size);
      const byWeight = weightedSum(expectedForm(aggregator, state, contextOf(given, updates)));
      for (const update of updates) byWeight.add(update);
      const expected = byWeight.finish();
      const { payload, divisor, count } = reduce(given, aggregator, state, updates);
      assertAllClose(payload, expected.payload, 'the sum', { relative: 1e-12, absolute: 1e-9 });
      assertClose(divisor, expected.divisor, 'the divisor', { relative: 1e-12 });
      assert.equal(count, expected.count, 'the count is not the number of updates');
    },

    'sum-only: memory does not grow with the cohort'() {
      const layout = createLayout([{ name: 'kernel', shape: [100_000] }]);
      const large: Given =
        'query' in given.plan ? given : { ...given, initial: createTensors({ layout, element: 'f32' }) };
      const aggregator = given.create();
      const state = initialState(large, aggregator);
      const cohort = cohortOf(32);
      const context = contextFor(large, cohort);
      const update = createTensors(expectedForm(aggregator, state, context));
      const reduction = aggregator.reduce(state, context);
      reduction.add(exampleResult(cohort[0]!, update));
      const before = reachableArrayBytes();
      for (const clientId of cohort.slice(1)) reduction.add(exampleResult(clientId, update));
      const kept = reachableArrayBytes() - before;
      assert.equal(reduction.finish().count, cohort.length, 'the count is not the number of updates');
      const most = 8 * update.values.byteLength + 100_000;
      assert.ok(kept < most, `after ${cohort.length} updates of ${update.values.byteLength} bytes it keeps ${kept}`);
    },
  };
}

function bounded(given: Given, size: number): Checks {
  return {
    'bounded-sensitivity: an update moves the sum by its norm times its weight at most'() {
      const aggregator = given.create();
      const state = initialState(given, aggregator);
      const updates = updatesFor(given, aggregator, state, size);
      const whole = reduce(given, aggregator, state, updates).payload;
      updates.forEach(({ clientId, payload, weight }, left) => {
        const others = updates.filter((_, i) => i !== left);
        const without = reduce(given, aggregator, state, others, contextOf(given, updates)).payload;
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

function stale(given: Given, size: number): Checks {
  return {
    'stale-updates: an update of an earlier round is taken'() {
      const aggregator = given.create();
      const state = initialState(given, aggregator);
      const [first, ...others] = updatesFor(given, aggregator, state, size, 2);
      const late = { ...first!, baseRound: 0 };
      const {
        payload,
        divisor,
        count,
        leftOut = [],
      } = reduce(given, aggregator, state, [late, ...others], contextOf(given, [late, ...others], 2));
      assert.equal(count + leftOut.length, size, 'the late update is not in the sum');
      assert.ok(payload.every(Number.isFinite) && divisor > 0 && divisor < Infinity, 'the sum can not be divided');
    },
  };
}
