import { models, type ModelOptions } from '@fedward/models-medical';
import { expect, it } from 'vitest';
import { modelNameOf } from './model-name.js';

const data = { inputShape: [13], classes: 3 };

/** What some models need that others do not. */
const particular: Readonly<Record<string, Partial<ModelOptions>>> = {
  linear: { classes: 1 },
  cox: { classes: 1, label: 'time-to-event' },
  'imaging-cnn': { inputShape: [28, 28, 1] },
  'imaging-cnn-small': { inputShape: [28, 28, 1] },
  resnet18: { inputShape: [28, 28, 1] },
  'signal-cnn': { inputShape: [96, 2] },
};

it.each(Object.keys(models))('knows the model %s', (name) => {
  const own: ModelOptions = { ...data, ...particular[name] };
  expect(modelNameOf(models[name]!(own), own)).toBe(name);
});

it('calls custom what a config spells out, and what is for other data', () => {
  const spec = models['mlp']!(data);
  expect(modelNameOf({ ...spec, layers: spec.layers.slice(0, -1) }, data)).toBe('custom');
  expect(modelNameOf(spec, { ...data, classes: 2 })).toBe('custom');
  expect(modelNameOf(spec, { ...data, classes: 1 })).toBe('custom');
});
