import { describe, expect, it } from 'vitest';
import { createParameters } from '../parameters/parameters.js';
import { exampleLayout, exampleResult } from '../testing/fakes.js';
import { examplePlan } from '../testing/plan.js';
import { composeAggregator } from './compose.js';
import { addMean } from './server-optimizer.js';
import { weightedSum } from './weighted-sum.js';

const filled = (value: number) => createParameters(exampleLayout, new Float32Array(exampleLayout.size).fill(value));

describe('a composed aggregator', () => {
  const aggregator = composeAggregator({
    ...{ name: 'mean', reduce: weightedSum, optimizer: addMean, requires: [], provides: [] },
  });
  const context = { plan: examplePlan(), population: 1 };

  it('shares no memory with the model that it starts from, nor with one that it gives away', () => {
    const initial = filled(1);
    const state = aggregator.init(initial, context);
    initial.values.fill(9);
    aggregator.parameters(state).values.fill(9);
    expect(aggregator.parameters(state)).toEqual(filled(1));
  });
});

describe('a weighted sum', () => {
  it('is of float64: a weight times a value is not rounded to float32', () => {
    const sum = weightedSum({ layout: exampleLayout });
    const payload = filled(0.1);
    sum.add(exampleResult({ payload, weight: 3 }));
    expect(sum.finish().payload[0]).toBe(3 * Math.fround(0.1));
    expect(Math.fround(3 * Math.fround(0.1))).not.toBe(3 * Math.fround(0.1));
  });
});
