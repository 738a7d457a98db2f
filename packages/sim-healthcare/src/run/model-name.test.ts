import { models } from '@fedward/models-medical';
import { expect, it } from 'vitest';
import { modelNameOf } from './model-name.js';

const data = { inputShape: [13], classes: 3 };

it.each(Object.keys(models))('knows the model %s', (name) => {
  const own = name === 'linear' ? { ...data, classes: 1 } : data;
  expect(modelNameOf(models[name]!(own), own)).toBe(name);
});

it('calls custom what a config spells out, and what is for other data', () => {
  const spec = models['mlp']!(data);
  expect(modelNameOf({ ...spec, layers: spec.layers.slice(0, -1) }, data)).toBe('custom');
  expect(modelNameOf(spec, { ...data, classes: 2 })).toBe('custom');
  expect(modelNameOf(spec, { ...data, classes: 1 })).toBe('custom');
});
