import { createLayout, noNoise, PluginRegistry, type ElementArray, type Update } from '@fedward/core';
import { expect, it } from 'vitest';
import { myPluginMechanism, plugins } from './index.js';

const layout = createLayout([{ name: 'w', shape: [2] }]);
const update = (values: ElementArray): Update => ({
  ...{ clientId: 'north', baseRound: 0, payload: { layout, values }, weight: 1, metrics: {}, spent: [] },
  simulationOnly: true,
});
const through = async (values: ElementArray) =>
  (await myPluginMechanism({ clipNorm: 1, noiseMultiplier: 2 }).onClient!(update(values), { noise: noNoise } as never))
    .payload.values;

it('shortens what is longer than the clip norm, and leaves the rest', async () => {
  const [x, y] = await through(Float64Array.of(3, 4));
  expect(x).toBeCloseTo(0.6, 10);
  expect(y).toBeCloseTo(0.8, 10);
  expect(Math.hypot(x!, y!)).toBeLessThanOrEqual(1);
  expect(await through(Float32Array.of(0.3, -0.4))).toEqual(Float32Array.of(0.3, -0.4));
});

it('refuses what has no norm, by name', async () => {
  await expect(through(Float32Array.of(NaN, 1))).rejects.toMatchObject({ code: 'UPDATE_NOT_FINITE', subject: 'north' });
  await expect(through(Uint32Array.of(1, 2))).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE' });
});

it('is made by its name, and checks its options', () => {
  const registry = new PluginRegistry(plugins);
  const made = registry.create('mechanism', { name: 'my-plugin', options: { clipNorm: 1, noiseMultiplier: 2 } });
  expect(made.event!(undefined as never)).toEqual({ type: 'gaussian', noiseMultiplier: 2 });
  const wrong = { name: 'my-plugin', options: { clipNorm: 1, noiseMultiplier: 0 } };
  expect(() => registry.create('mechanism', wrong)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'mechanism.options.noiseMultiplier' }),
  );
});
