import { PluginRegistry } from '@fedward/core';
import { expect, it, vi } from 'vitest';

it('makes the trainer tfjs from its options, and loads nothing of TensorFlow.js before it is used', async () => {
  const loaded = vi.fn();
  for (const name of ['tfjs-core', 'tfjs-layers', 'tfjs-node', 'tfjs-backend-wasm', 'tfjs-backend-cpu'])
    vi.doMock(`@tensorflow/${name}`, () => {
      loaded(name);
      throw new Error(`${name} was loaded`);
    });
  const { plugins } = await import('./index.js');
  const registry = new PluginRegistry(plugins);
  const trainer = await registry.create('trainer', { name: 'tfjs', options: { backend: 'cpu' } });
  expect(trainer.name).toBe('tfjs');
  expect(() => registry.create('trainer', { name: 'tfjs', options: { backend: 'gpu' } })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'trainer.options.backend' }),
  );
  expect(loaded).not.toHaveBeenCalled();
  await expect(trainer.describe()).rejects.toThrow(/./);
  expect(loaded).toHaveBeenCalled();
});
