import { PluginRegistry } from '@fedward/core';
import { expect, it, vi } from 'vitest';

it('makes the trainer onnx from its options, and says what to install where ONNX Runtime is not there', async () => {
  const asked = vi.fn();
  vi.doMock('onnxruntime-node', () => {
    asked();
    throw new Error("Cannot find package 'onnxruntime-node'");
  });
  const { plugins } = await import('./index.js');
  const registry = new PluginRegistry(plugins);
  const trainer = await registry.create('trainer', { name: 'onnx', options: { backend: 'webgpu', threads: 2 } });
  expect(trainer.name).toBe('onnx');
  expect(() => registry.create('trainer', { name: 'onnx', options: { backend: 'gpu' } })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'trainer.options.backend' }),
  );
  expect(asked).not.toHaveBeenCalled();
  await expect(trainer.describe()).rejects.toMatchObject({
    code: 'CONFIG_INCOMPATIBLE',
    message: expect.stringContaining('npm install onnxruntime-node@1.30') as string,
  });
  expect(asked).toHaveBeenCalled();
});
