import { createLayout, createParameters, PluginRegistry } from '@fedward/core';
import { expect, it } from 'vitest';
import { myPluginAggregator, plugins } from './index.js';

const layout = createLayout([{ name: 'w', shape: [2] }]);

it('goes along the mean as far as the rate says', () => {
  const aggregator = myPluginAggregator({ learningRate: 0.5 });
  const state = aggregator.init(createParameters(layout, Float32Array.of(1, 2)), undefined as never);
  const sum = { payload: Float64Array.of(8, -4), divisor: 4, count: 2 };
  expect(aggregator.parameters(aggregator.apply(state, sum, undefined as never)).values).toEqual(
    Float32Array.of(2, 1.5),
  );
});

it('is made by its name, and checks its options', () => {
  const registry = new PluginRegistry(plugins);
  expect(registry.create('aggregator', { name: 'my-plugin', options: {} }).name).toBe('my-plugin');
  const wrong = { name: 'my-plugin', options: { learningRate: 0 } };
  expect(() => registry.create('aggregator', wrong)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'aggregator.options.learningRate' }),
  );
});
