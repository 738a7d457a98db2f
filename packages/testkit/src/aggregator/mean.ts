import { createTensors, type Update } from '@fedward/core';
import { assertAllClose } from '../support/assertions.js';
import { exampleResult } from '../support/fixtures.js';
import type { Checks } from '../suite.js';
import { initialState, reduce, step, updatesFor, valuesOf, withValues, type Given } from './rounds.js';

const float32 = { relative: 1.2e-7, absolute: 3e-7 };
const rounding = { relative: 1e-6, absolute: 1e-6 };

/** For aggregators that add the weighted mean of the changes to the model (McMahan et al. 2017, algorithm 1). */
export function meanChecks(given: Given): Checks {
  const { create, initial } = given;
  const before = Float64Array.from(initial.values);
  const constant = (index: number, value: number, weight: number): Update => {
    const payload = createTensors({ layout: initial.layout, element: 'f32' });
    payload.values.fill(value);
    return exampleResult(`hospital-${index}`, payload, { weight });
  };
  const start = (size: number): Update[] => {
    const aggregator = create();
    return updatesFor(given, aggregator, initialState(given, aggregator), size);
  };
  /** Fails unless a round of these updates adds this change to the model. */
  const assertAdds = (
    change: (index: number) => number,
    updates: readonly Update[],
    what: string,
    tolerance: { relative: number; absolute: number } = float32,
  ): void => {
    const aggregator = create();
    const model = valuesOf(aggregator, step(given, aggregator, initialState(given, aggregator), updates));
    const expected = before.map((w, i) => w + change(i));
    assertAllClose(model, expected, `the model and ${what}`, tolerance);
  };

  return {
    'a mean of equal changes is that change'() {
      const updates = start(5);
      const { values } = updates[0]!.payload;
      const equal = updates.map((update) => withValues(update, values));
      assertAdds((i) => values[i]!, equal, 'the mean of equal changes');
    },

    'a mean of one change is that change'() {
      const [update] = start(1);
      assertAdds((i) => update!.payload.values[i]!, [update!], 'the mean of one change');
    },

    'a mean counts every change by its weight'() {
      const updates = [constant(0, 1, 1), constant(1, 2, 2), constant(2, -10, 5)];
      const mean = (1 * 1 + 2 * 2 - 10 * 5) / 8;
      assertAdds(() => mean, updates, 'the mean of 1, 2 and -10 with the weights 1, 2 and 5');
    },

    'a mean keeps every value in its place'() {
      const updates = start(4);
      const total = updates.reduce((sum, { weight }) => sum + weight, 0);
      const mean = (i: number): number =>
        updates.reduce((sum, { payload, weight }) => sum + (weight / total) * payload.values[i]!, 0);
      assertAdds(mean, updates, 'the weighted mean', rounding);
    },

    'an aggregate divided by its divisor is the mean of the changes'() {
      const aggregator = create();
      const updates = start(4);
      const { payload, divisor } = reduce(given, aggregator, initialState(given, aggregator), updates);
      assertAdds((i) => payload[i]! / divisor, updates, 'payload / divisor', rounding);
    },

    'a change far below the model arrives'() {
      // A model of the size of 1 sent as float32 would carry a change of 1e-6 with an error of 6e-8 of 1.
      const change = Math.fround(1.23456789e-6);
      const aggregator = create();
      const zero = { ...given, initial: createTensors({ layout: initial.layout, element: 'f32' }) };
      const { payload, divisor } = reduce(given, aggregator, initialState(given, aggregator), [
        ...[constant(0, change, 3), constant(1, change, 5)],
      ]);
      assertAllClose(
        payload.map((sum) => sum / divisor),
        payload.map(() => change),
        'the mean change',
        { relative: 1e-12 },
      );
      const state = step(zero, aggregator, initialState(zero, aggregator), [constant(0, change, 1)]);
      assertAllClose(
        valuesOf(aggregator, state),
        payload.map(() => change),
        'the model',
        { relative: 1e-7 },
      );
    },

    'a sum is kept in float64'() {
      // In float32, 1e8 + 1 is 1e8: the two ones would be lost, and the mean would be 0.
      const updates = [constant(0, 1e8, 1), constant(1, 1, 1), constant(2, 1, 1), constant(3, -1e8, 1)];
      assertAdds(() => 0.5, updates, 'the mean of 1e8, 1, 1 and -1e8');
    },

    'a sum of many small changes is not lost'() {
      const many = Array.from({ length: 1000 }, (_, i) => constant(i, 0.1, 1 + (i % 3)));
      const mean = (4096 + Math.fround(0.1) * 1999) / 2000;
      assertAdds(() => mean, [constant(1000, 4096, 1), ...many], 'the mean of 4096 and a thousand times 0.1');
    },
  };
}
