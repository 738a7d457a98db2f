import type { LocalTrainer } from '@fedward/core';
import { createAugmenter } from '@fedward/core/training';
import { batchGradient, exampleOf } from '../../reference/gradient.js';
import type { Broken } from '../expect.js';
import { training, withParts } from './change.js';

/** What is done to examples while training. */
export const brokenAugmentation: Record<string, Broken<LocalTrainer>> = {
  'augments nothing, and says that it does': {
    create: withParts({ createAugmenter: () => () => undefined }),
    fails: [
      'each example is augmented by the words of its step and place',
      'each example is augmented by itself, and then clipped',
      'what is drawn for augmentation is as secret as the noise',
    ],
  },

  'augments all examples of a batch alike': {
    create: withParts({
      createAugmenter(...given) {
        const augment = createAugmenter(...given);
        return (features) => augment(features, 0);
      },
    }),
    fails: [
      'each example is augmented by the words of its step and place',
      'each example is augmented by itself, and then clipped',
    ],
  },

  'augments the records of the site': {
    create: withParts({
      batchGradient(network, weights, data, batch, { augment, ...context }, dropout, record) {
        batch.flat().forEach((row, place) => augment?.(exampleOf(data, row), place));
        return batchGradient(network, weights, data, batch, context, dropout, record);
      },
    }),
    fails: [
      'each example is augmented by the words of its step and place',
      'each example is augmented by itself, and then clipped',
      'augmentation leaves the data as they were, and is told',
    ],
  },

  'says nothing of augmentation': {
    create: training(async (train, ...given) => {
      const { applied: { augmentation, ...applied } = {}, ...trained } = await train(...given);
      return { ...trained, applied };
    }),
    fails: ['augmentation leaves the data as they were, and is told'],
  },
};
