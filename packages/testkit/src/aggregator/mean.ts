import { createParameters, type Update } from '@fedward/core';
import { assertAllClose } from '../support/assertions.js';
import { exampleLayout, exampleResult } from '../support/fixtures.js';
import type { Checks } from '../suite.js';
import { initialState, reduce, step, updatesFor, withValues, type Create } from './rounds.js';

const float32 = { relative: 1.2e-7, absolute: 1e-12 };

/** For aggregators whose next model is the weighted mean of the updates (McMahan et al. 2017, algorithm 1). */
export function meanChecks(create: Create): Checks {
  const constant = (index: number, value: number, weight: number): Update =>
    exampleResult(
      `hospital-${index}`,
      createParameters(exampleLayout, new Float32Array(exampleLayout.size).fill(value)),
      {
        weight,
      },
    );
  const meanOf = (...updates: readonly Update[]): Float32Array => {
    const aggregator = create();
    return aggregator.parameters(step(aggregator, initialState(aggregator), updates)).values;
  };

  return {
    'a mean of equal updates is that update'() {
      const aggregator = create();
      const state = initialState(aggregator);
      const updates = updatesFor(aggregator, state, 5);
      const { values } = updates[0]!.payload;
      const model = meanOf(...updates.map((update) => withValues(update, values)));
      assertAllClose(model, values, 'the mean of equal updates', float32);
    },

    'a mean of one update is that update'() {
      const aggregator = create();
      const [update] = updatesFor(aggregator, initialState(aggregator), 1);
      assertAllClose(meanOf(update!), update!.payload.values, 'the mean of one update', float32);
    },

    'a mean counts every update by its weight'() {
      const model = meanOf(constant(0, 1, 1), constant(1, 2, 2), constant(2, -10, 5));
      const expected = new Float64Array(exampleLayout.size).fill((1 * 1 + 2 * 2 - 10 * 5) / 8);
      assertAllClose(model, expected, 'the mean of 1, 2 and -10 with the weights 1, 2 and 5', float32);
    },

    'a mean keeps every value in its place'() {
      const aggregator = create();
      const state = initialState(aggregator);
      const updates = updatesFor(aggregator, state, 4);
      const total = updates.reduce((sum, { weight }) => sum + weight, 0);
      const expected = Array.from({ length: exampleLayout.size }, (_, i) =>
        updates.reduce((sum, { payload, weight }) => sum + (weight / total) * payload.values[i]!, 0),
      );
      assertAllClose(meanOf(...updates), expected, 'the weighted mean', { relative: 1e-6, absolute: 1e-7 });
    },

    'an aggregate divided by its divisor is the mean'() {
      const aggregator = create();
      const state = initialState(aggregator);
      const updates = updatesFor(aggregator, state, 4);
      const { payload, divisor } = reduce(aggregator, state, updates);
      const model = meanOf(...updates);
      assertAllClose(
        payload.subarray(0, model.length).map((sum) => sum / divisor),
        model,
        'payload / divisor',
        {
          relative: 1e-6,
          absolute: 1e-7,
        },
      );
    },

    'a sum is kept in float64'() {
      // In float32, 1e8 + 1 is 1e8: the two ones would be lost, and the mean would be 0.
      const model = meanOf(constant(0, 1e8, 1), constant(1, 1, 1), constant(2, 1, 1), constant(3, -1e8, 1));
      assertAllClose(model, new Float32Array(exampleLayout.size).fill(0.5), 'the mean of 1e8, 1, 1 and -1e8', float32);
    },

    'a sum of many small updates is not lost'() {
      const many = Array.from({ length: 1000 }, (_, i) => constant(i, 0.1, 1 + (i % 3)));
      assertAllClose(
        meanOf(constant(1000, 4096, 1), ...many),
        new Float32Array(exampleLayout.size).fill((4096 + Math.fround(0.1) * 1999) / 2000),
        'the mean of 4096 and a thousand times 0.1',
        float32,
      );
    },
  };
}
