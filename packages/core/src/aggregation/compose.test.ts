import { createLayout, createParameters, type Aggregator } from '@fedward/core';
import { aggregatorCompliance } from '@fedward/testkit/aggregator';
import { describe, expect, it } from 'vitest';
import { composeAggregator, weightedSum, type ServerOptimizer } from './index.js';

/** Server momentum, Reddi et al. 2021: FedAvgM with a server learning rate of 1. */
const momentum = (beta: number): ServerOptimizer<Float64Array> => ({
  init: (size) => new Float64Array(size),
  step(model, mean, velocity) {
    const next = velocity.map((v, i) => beta * v + (mean[i]! - model[i]!));
    return { model: model.map((w, i) => w + next[i]!), state: next };
  },
});

const create = (): Aggregator =>
  composeAggregator({
    name: 'with-momentum',
    reduce: weightedSum,
    requires: [],
    provides: ['sum-only', 'bounded-sensitivity'],
    optimizer: momentum(0.5),
  });

aggregatorCompliance({ create }).register({ describe, it });

describe('composeAggregator', () => {
  it("carries the optimizer's state from round to round", () => {
    const layout = createLayout([{ name: 'w', shape: [] }]);
    const aggregator = create();
    let state = aggregator.init(createParameters(layout, Float32Array.of(1)));
    const path: number[] = [];
    for (const mean of [3, 3, 3]) {
      const aggregate = { payload: Float64Array.of(mean * 4), divisor: 4, count: 2 };
      state = aggregator.apply(state, aggregate, undefined as never);
      path.push(aggregator.parameters(state).values[0]!);
    }
    // 1 + 2 = 3; velocity 0.5 * 2 + 0 = 1: 4; velocity 0.5 * 1 - 1 = -0.5: 3.5
    expect(path).toEqual([3, 4, 3.5]);
  });
});
