import { layoutOf, placeLayers, type ModelSpec } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { defaultModelFor, models, modelsFor, type ModelOptions } from './index.js';

const table: ModelOptions = { inputShape: [30], classes: 2 };
const image: ModelOptions = { inputShape: [28, 28, 1], classes: 3 };
const signal: ModelOptions = { inputShape: [96, 2], classes: 2 };
const survival: ModelOptions = { inputShape: [11], classes: 1, label: 'time-to-event' };
const value: ModelOptions = { inputShape: [19], classes: 1 };

describe('models', () => {
  it.each([
    ['a table with classes', table, ['mlp', 'logistic', 'logistic-scaled', 'wide-linear', 'low-rank']],
    ['a table with values', value, ['linear', 'wide-linear', 'low-rank']],
    ['a table with times to an event', survival, ['cox', 'wide-linear', 'low-rank']],
    [
      'images',
      image,
      [
        ...[
          'mlp',
          'logistic',
          'logistic-scaled',
          'imaging-cnn',
          'imaging-cnn-small',
          'resnet18',
          'wide-linear',
          'low-rank',
        ],
      ],
    ],
    ['signals', signal, ['mlp', 'logistic', 'logistic-scaled', 'signal-cnn', 'wide-linear', 'low-rank']],
  ])('are, for %s, those that fit, each with the outputs and the loss of the label', (_, data, names) => {
    expect(modelsFor(data)).toEqual(names);
    for (const name of names) {
      const spec = models[name]!(data);
      expect(placeLayers(spec).at(-1)!.outputShape).toEqual([data.classes]);
      expect(spec.loss).toBe(data.classes > 1 ? 'softmax-cross-entropy' : data.label ? 'cox' : 'squared-error');
    }
  });

  it('are all different, so that a spec tells its name', () => {
    for (const data of [table, image, signal, survival, value, { inputShape: [4], classes: 2 }]) {
      const texts = modelsFor(data).map((name) => JSON.stringify(models[name]!(data)));
      expect(new Set(texts).size).toBe(texts.length);
    }
  });

  it('take each of three labels that an image may have', () => {
    const shape = { inputShape: [16, 16, 1], classes: 1 };
    expect(models['imaging-cnn']!(shape).loss).toBe('squared-error');
    expect(models['imaging-cnn']!({ ...shape, label: 'time-to-event' }).loss).toBe('cox');
    expect(models['imaging-cnn']!({ ...shape, classes: 4 }).loss).toBe('softmax-cross-entropy');
  });

  it.each([
    ['cox', table, 'classes'],
    ['cox', value, 'classes'],
    ['linear', survival, 'classes'],
    ['logistic', survival, 'classes'],
    ['signal-cnn', image, 'inputShape'],
    ['imaging-cnn', table, 'inputShape'],
    ['wide-linear', { ...table, label: 'value' }, 'classes'],
    ['wide-linear', { ...value, label: 'class' }, 'classes'],
  ] as const)('refuse data that %s is not for, naming what is in the way', (name, data, subject) => {
    expect(() => models[name]!(data)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID', subject }));
  });

  it('tell of a contradiction instead of finding nothing', () => {
    expect(() => modelsFor({ inputShape: [3], classes: 2, label: 'value' })).toThrow(/value has no classes/);
    expect(() => modelsFor({ inputShape: [3], classes: 0 })).toThrow(/classes/);
  });
});

describe('defaultModelFor', () => {
  it.each([
    [table, false, 'logistic'],
    [table, true, 'logistic-scaled'],
    [value, false, 'linear'],
    [survival, false, 'cox'],
    [image, false, 'imaging-cnn'],
    [image, true, 'imaging-cnn-small'],
    [signal, false, 'signal-cnn'],
    [{ inputShape: [7129], classes: 2 }, false, 'wide-linear'],
  ] as const)('is for %j (private: %s) %s, which fits', (data, isPrivate, name) => {
    expect(defaultModelFor(data, isPrivate)).toBe(name);
    const spec: ModelSpec = models[name]!(data);
    expect(layoutOf(spec).size).toBeGreaterThan(0);
  });
});
