import { PluginRegistry } from '@fedward/core';
import { expect, it, vi } from 'vitest';
import type * as engineModule from './engine/module.js';

it('makes the trainer wasm, and loads its program with the first use', async () => {
  const loaded = vi.fn();
  vi.doMock('./engine/module.js', async (original) => {
    const module = await original<typeof engineModule>();
    return { ...module, bestBuild: () => (loaded(), module.bestBuild()) };
  });
  const { plugins } = await import('./index.js');
  const registry = new PluginRegistry(plugins);
  const trainer = await registry.create('trainer', { name: 'wasm', options: {} });
  expect(trainer.name).toBe('wasm');
  expect(() => registry.create('trainer', { name: 'wasm', options: { threads: 4 } })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'trainer.options.threads' }),
  );
  expect(loaded).not.toHaveBeenCalled();
  expect(await trainer.describe()).toMatch(/^wasm \(/);
  expect(loaded).toHaveBeenCalled();
});
