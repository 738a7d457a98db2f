import { describe, expect, it } from 'vitest';
import { clipping, difference, poisson, shuffled } from './testing/beside-wasm.js';
import { models, optimizers } from './testing/models.js';
import { contextOf, planOf } from './testing/problems.js';

// The first is a fast test.
describe.each(optimizers.slice(1))('$name: after 50 steps it is where trainer-wasm is', (optimizer) => {
  it.each(Object.keys(models))('%s', async (name) => {
    expect(await difference(contextOf(planOf(models[name]!, shuffled, { optimizer })))).toBeLessThan(1e-4);
  });

  it.each(Object.keys(models).filter((name) => name !== 'cox'))('%s, clipped by example', async (name) => {
    const context = contextOf(planOf(models[name]!, poisson, { optimizer }), { gradientPrivacy: clipping() });
    expect(await difference(context)).toBeLessThan(1e-4);
  });
});
