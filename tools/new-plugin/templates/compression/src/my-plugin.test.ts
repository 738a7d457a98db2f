import { createLayout, createParameters, PluginRegistry, Random } from '@fedward/core';
import { expect, it } from 'vitest';
import { myPluginCompression, plugins } from './index.js';

it('rounds each value to steps of the largest', () => {
  const layout = createLayout([{ name: 'w', shape: [4] }]);
  const compression = myPluginCompression({ digits: 2 });
  const update = createParameters(layout, Float32Array.of(4, -1.2, 0, 1.6));
  const { payload } = compression.compress(update, { random: new Random(1), state: null });
  expect([...compression.expand(payload, { layout, element: 'f32' }).values]).toEqual([4, -1, 0, 2]);
});

it('is made by its name, and checks its options', () => {
  const registry = new PluginRegistry(plugins);
  expect(registry.create('compression', { name: 'my-plugin', options: {} })).toMatchObject({ name: 'my-plugin' });
  for (const digits of [0, 1.5, 16, '2'])
    expect(() => registry.create('compression', { name: 'my-plugin', options: { digits } as never })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'compression.options.digits' }),
    );
});
