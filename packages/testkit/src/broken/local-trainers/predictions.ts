import type { LocalTrainer } from '@fedward/core';
import type { Broken } from '../expect.js';
import { predicting } from './change.js';

/** What the model gives for examples. */
export const brokenPredictions: Record<string, Broken<LocalTrainer>> = {
  'predicts probabilities': {
    create: predicting(async (predict, ...given) => (await predict(...given)).map((x) => 1 / (1 + Math.exp(-x)))),
    fails: [
      'conv1d: valid and same, with strides, with and without a bias',
      'conv2d: valid and same, with strides, with and without a bias',
      'max pooling sends the gradient to the largest value',
      'average pooling shares the gradient out',
      'group norm normalises each example in groups of channels',
      'scale multiplies by a constant, also behind layers that are trained',
      'flatten keeps the order of values',
      'outputs are logits, row after row',
      'outputs go through every layer',
      'a single output is a logit too',
      'dropout is off when predicting',
    ],
  },

  'predicts one output after the other': {
    create: predicting(async (predict, model, parameters, data) => {
      const rows = await predict(model, parameters, data);
      const outputs = rows.length / data.count;
      return rows.map((_, i) => rows[(i % data.count) * outputs + Math.floor(i / data.count)]!);
    }),
    fails: [
      'training learns what can be told apart',
      'conv1d: valid and same, with strides, with and without a bias',
      'conv2d: valid and same, with strides, with and without a bias',
      'max pooling sends the gradient to the largest value',
      'average pooling shares the gradient out',
      'group norm normalises each example in groups of channels',
      'scale multiplies by a constant, also behind layers that are trained',
      'flatten keeps the order of values',
      'outputs are logits, row after row',
      'outputs go through every layer',
      'dropout is off when predicting',
    ],
  },

  'predicts a probability where there is one output': {
    create: predicting(async (predict, model, parameters, data) => {
      const rows = await predict(model, parameters, data);
      return model.loss === 'sigmoid-cross-entropy' ? rows.map((x) => 1 / (1 + Math.exp(-x))) : rows;
    }),
    fails: ['a single output is a logit too'],
  },

  'predicts in float64': {
    create: predicting(
      async (predict, ...given) => Float64Array.from(await predict(...given)) as unknown as Float32Array,
    ),
    fails: [
      'outputs are logits, row after row',
      'outputs go through every layer',
      'a single output is a logit too',
      'dropout is off when predicting',
    ],
  },

  'predicts without activations': {
    create: predicting((predict, model, ...rest) =>
      predict(
        {
          ...model,
          // Dropout that is off does nothing, and leaves the names of the other layers' tensors as they are.
          layers: model.layers.map((layer) => (layer.type === 'activation' ? { type: 'dropout', rate: 0 } : layer)),
        },
        ...rest,
      ),
    ),
    fails: [
      'conv1d: valid and same, with strides, with and without a bias',
      'conv2d: valid and same, with strides, with and without a bias',
      'scale multiplies by a constant, also behind layers that are trained',
      'group norm normalises each example in groups of channels',
      'outputs go through every layer',
    ],
  },

  'drops out while predicting': {
    create: predicting((predict, model, parameters, data) => {
      const drops = model.layers.some(({ type }) => type === 'dropout');
      return predict(model, parameters, {
        ...data,
        features: drops ? data.features.map((x, i) => (i % 2 ? 2 * x : 0)) : data.features,
      });
    }),
    fails: ['dropout is off when predicting'],
  },

  'gives the array of its last prediction again': {
    create: () => {
      const kept = new Map<number, Float32Array>();
      return predicting(async (predict, ...given) => {
        const outputs = await predict(...given);
        const before = kept.get(outputs.length);
        if (!before) kept.set(outputs.length, outputs);
        return before ?? outputs;
      })();
    },
    fails: ['predicting changes nothing, and gives the same bits again'],
  },
};
