import { PluginRegistry } from '@fedward/core';
import { expect, it, vi } from 'vitest';

it('makes the trainer onnx from its options, and needs ONNX Runtime no sooner than it is used', async () => {
  const asked = vi.fn();
  vi.doMock('onnxruntime-node', () => {
    asked();
    throw new Error('there is none'); // in what words it is told: backends.test.ts
  });
  const { plugins } = await import('./index.js');
  const registry = new PluginRegistry(plugins);
  const trainer = await registry.create('trainer', { name: 'onnx', options: { backend: 'webgpu', threads: 2 } });
  expect(trainer.name).toBe('onnx');
  const [onnx] = plugins;
  expect([{}, { backend: 'cpu' }, { backend: 'webgpu' }].map((of) => onnx!.inOneThread!(of))).toEqual([
    false,
    false,
    true,
  ]);
  expect(() => registry.create('trainer', { name: 'onnx', options: { backend: 'gpu' } })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'trainer.options.backend' }),
  );
  expect(asked).not.toHaveBeenCalled();
  await expect(trainer.describe()).rejects.toMatchObject({
    code: 'CONFIG_INCOMPATIBLE',
    message: expect.stringContaining('the trainer onnx needs ONNX Runtime, which') as string,
  });
  expect(asked).toHaveBeenCalled();
});
