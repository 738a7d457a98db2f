import type { Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { activateBackend, selectBackend } from './backend.js';
import { backends } from './testing/problems.js';

const events = ['uncaughtException', 'unhandledRejection'] as const;
const listeners = () => events.map((event) => process.listeners(event as 'uncaughtException').length);

describe('selectBackend', () => {
  it('starts every backend without a word and without listeners of its own', async () => {
    const consoles = (['log', 'warn', 'error', 'info'] as const).map((name) => vi.spyOn(console, name));
    const before = listeners();
    const starts = backends.map((name) => selectBackend(name));
    const other = (): never => {
      throw new Error('not the listener of the WASM module');
    };
    process.on('uncaughtException', other);
    for (const [i, name] of backends.entries()) {
      const selected = await starts[i]!;
      expect(selected.name).toBe(name);
      if (name === 'tensorflow') expect(selected.hint).toBeUndefined();
      else expect(selected.hint).toContain('npm install @tensorflow/tfjs-node');
    }
    expect(process.listeners('uncaughtException')).toContain(other);
    process.removeListener('uncaughtException', other);
    const tf = await import('@tensorflow/tfjs-core');
    await import('@tensorflow/tfjs-layers'); // registers the gradient functions
    for (const name of backends) {
      activateBackend(tf, name);
      tf.tidy(() =>
        tf
          .grad((x) => tf.sum(tf.maxPool(x as Tensor4D, 2, 2, 'valid')))(tf.ones([1, 4, 4, 1]))
          .dataSync(),
      );
    }
    for (const spy of consoles) expect(spy).not.toHaveBeenCalled();
    expect(listeners()).toEqual(before);
    expect(tf.env().getBool('PROD')).toBe(false);
  });

  it('takes the best that there is, and says how to get the native one', async () => {
    const { name, hint } = await selectBackend('auto');
    const native = await selectBackend('tensorflow').catch((error: unknown) => error as Error);
    if (native instanceof Error) {
      expect(name).toBe('wasm');
      expect(hint).toContain('docs/tfjs-node-offline.md');
      expect(native).toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: 'trainer.backend' });
      expect(native.message).toContain('npm install @tensorflow/tfjs-node');
    } else expect({ name, hint }).toEqual({ name: 'tensorflow', hint: undefined });
  });

  it('gives each its turn where several start or run at once', async () => {
    const tf = await import('@tensorflow/tfjs-core');
    const selected = await Promise.all([...backends, ...backends].map((name) => selectBackend(name)));
    expect(selected.map(({ name }) => name)).toEqual([...backends, ...backends]);
    for (const name of backends) {
      activateBackend(tf, name);
      expect(tf.getBackend()).toBe(name);
      const sum = tf.tidy(() => tf.sum(tf.tensor1d([1, 2, 3])).dataSync()[0]);
      expect(sum).toBe(6);
    }
  });
});
