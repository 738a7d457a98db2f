import type { LocalTrainer, ModelSpec } from '@fedward/core';
import { createNetwork } from '../../reference/network.js';
import type { Broken } from '../expect.js';
import { withExampleGradient, withModel, withParts } from './change.js';

/** The reference whose gradients by some tensors are half of what they should be. */
const halving = (part: string): (() => LocalTrainer) =>
  withExampleGradient((gradient, model) => {
    for (const { name, offset, size } of createNetwork(model).layout.tensors)
      if (name.includes(part)) for (let i = offset; i < offset + size; i++) gradient[i]! /= 2;
    return gradient;
  });

const flattensFirst = ({ layers }: ModelSpec) => layers[0]!.type === 'flatten';

/** Layers beyond the dense ones. */
export const brokenLayers: Record<string, Broken<LocalTrainer>> = {
  'halves the gradient of kernels of conv1d': {
    create: halving('conv1d.kernel'),
    fails: [
      'conv1d: valid and same, with strides, with and without a bias',
      'max pooling sends the gradient to the largest value',
      'average pooling shares the gradient out',
      'scale multiplies by a constant, also behind layers that are trained',
      'group norm normalises each example in groups of channels',
    ],
  },
  'halves the gradient of biases of conv2d': {
    create: halving('conv2d.bias'),
    fails: [
      'conv2d: valid and same, with strides, with and without a bias',
      'max pooling sends the gradient to the largest value',
      'average pooling shares the gradient out',
    ],
  },
  'does not train the scale of group norms': {
    create: withExampleGradient((gradient, model) => {
      for (const { name, offset, size } of createNetwork(model).layout.tensors)
        if (name.endsWith('group-norm.scale')) gradient.fill(0, offset, offset + size);
      return gradient;
    }),
    fails: ['group norm normalises each example in groups of channels'],
  },
  'normalises all channels together': {
    create: withModel((json) => json.replaceAll(/"groups":\d+/g, '"groups":1')),
    fails: ['group norm normalises each example in groups of channels'],
  },
  'takes the mean where the largest is asked for': {
    create: withModel((json) => json.replaceAll('"max-pool', '"average-pool')),
    fails: ['max pooling sends the gradient to the largest value'],
  },
  'takes the largest where the mean is asked for': {
    create: withModel((json) => json.replaceAll('"average-pool', '"max-pool')),
    fails: ['average pooling shares the gradient out'],
  },
  'does not scale': {
    create: withModel((json) => json.replaceAll(/"factor":[-.\d]+/g, '"factor":1')),
    fails: ['scale multiplies by a constant, also behind layers that are trained'],
  },
  'flattens from the end': {
    create: withParts({
      createNetwork(model) {
        const network = createNetwork(model);
        if (!flattensFirst(model)) return network;
        const turned = (example: ArrayLike<number>) => Array.from(example).reverse();
        return {
          ...network,
          outputs: (weights, example) => network.outputs(weights, turned(example)),
          run: (weights, example, dropout) => network.run(weights, turned(example), dropout),
        };
      },
    }),
    fails: [
      'flatten keeps the order of values',
      'each example is augmented by the words of its step and place',
      'each example is augmented by itself, and then clipped',
    ],
  },
};
