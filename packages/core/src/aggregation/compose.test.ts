import { describe, expect, it } from 'vitest';
import { exampleResult } from '../testing/fakes.js';
import { examplePlan } from '../testing/plan.js';
import { composeAggregator, meanOf } from './compose.js';
import type { Aggregator } from '../interfaces/aggregator.js';
import { createLayout, createParameters } from '../parameters/parameters.js';
import { addMean, type ServerOptimizer } from './server-optimizer.js';
import { weightedSum } from './weighted-sum.js';

/** Server momentum, Reddi et al. 2021: FedAvgM with a server learning rate of 1. */
const momentum = (beta: number): ServerOptimizer<Float64Array> => ({
  init: (size) => new Float64Array(size),
  step(model, change, velocity) {
    const next = velocity.map((v, i) => beta * v + change[i]!);
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

describe('composeAggregator', () => {
  it("carries the optimizer's state from round to round", () => {
    const layout = createLayout([{ name: 'w', shape: [] }]);
    const aggregator = create();
    let state = aggregator.init(createParameters(layout, Float32Array.of(1)), { plan: examplePlan(), population: 3 });
    const path: number[] = [];
    for (const change of [2, 0, -1]) {
      const aggregate = { payload: Float64Array.of(change * 4), divisor: 4, count: 2 };
      state = aggregator.apply(state, aggregate, undefined as never);
      path.push(aggregator.parameters(state).values[0]!);
    }
    // 1 + 2 = 3; velocity 0.5 * 2 + 0 = 1: 4; velocity 0.5 * 1 - 1 = -0.5: 3.5
    expect(path).toEqual([3, 4, 3.5]);
  });
});

describe('addMean', () => {
  it('adds the mean of the changes to the model, and leaves both as they were', () => {
    const model = Float32Array.of(1, 2);
    const change = Float64Array.of(0.5, -2);
    expect(addMean.step(model, change, addMean.init(2))).toEqual({ model: Float32Array.of(1.5, 0), state: null });
    expect([model, change]).toEqual([Float32Array.of(1, 2), Float64Array.of(0.5, -2)]);
  });
});

describe('meanOf', () => {
  it('divides a sum, in float64 and in an array of its own', () => {
    const payload = Float64Array.of(1, 2);
    expect(meanOf({ payload, divisor: 3, count: 2 }, 2)).toEqual(Float64Array.of(1 / 3, 2 / 3));
    expect(payload).toEqual(Float64Array.of(1, 2));
  });

  it.each([0, -1, Number.NaN, Infinity])('refuses the divisor %s', (divisor) => {
    expect(() => meanOf({ payload: Float64Array.of(1), divisor, count: 1 }, 1)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: 'aggregate.divisor' }),
    );
  });

  it('refuses another number of values than the model has', () => {
    expect(() => meanOf({ payload: Float64Array.of(1), divisor: 1, count: 1 }, 2)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: 'aggregate.payload' }),
    );
  });
});

describe('weightedSum', () => {
  const layout = createLayout([{ name: 'w', shape: [2] }]);
  const update = (values: Float32Array | Float64Array | Uint32Array, weight = 1) =>
    exampleResult({ payload: { layout, values }, weight });

  it('sums words of 32 bits exactly', () => {
    const most = 2 ** 32 - 1;
    const reduction = weightedSum({ layout });
    for (let i = 0; i < 1000; i++) reduction.add(update(Uint32Array.of(most, i)));
    expect(reduction.finish()).toEqual({ payload: Float64Array.of(1000 * most, 499_500), divisor: 1000, count: 1000 });
  });

  it('sums float64 in float64, by weight', () => {
    const reduction = weightedSum({ layout });
    reduction.add(update(Float64Array.of(0.1, 1e-300), 2));
    reduction.add(update(Float64Array.of(0.1, 0), 1));
    expect(reduction.finish()).toEqual({ payload: Float64Array.of(2 * 0.1 + 0.1, 2e-300), divisor: 3, count: 2 });
  });

  it('has nothing to say of no update', () => {
    expect(() => weightedSum({ layout }).finish()).toThrow(expect.objectContaining({ code: 'QUORUM_NOT_MET' }));
  });

  it('adds nothing of an update that does not fit', () => {
    const reduction = weightedSum({ layout });
    reduction.add(update(Float32Array.of(1, 2)));
    expect(() => reduction.add(exampleResult())).toThrow(expect.objectContaining({ code: 'UPDATE_INVALID' }));
    expect(reduction.finish()).toEqual({ payload: Float64Array.of(1, 2), divisor: 1, count: 1 });
  });
});
