import { Random, SeededNoise, type LocalTrainer } from '@fedward/core';
import { batchGradient } from '../../reference/gradient.js';
import type { Broken } from '../expect.js';
import { drawing, inContext, withNoise, withParts } from './change.js';

/** Where random numbers come from: sound ones, but others than every trainer draws. */
export const brokenDraws: Record<string, Broken<LocalTrainer>> = {
  'shuffles by a stream of its own': {
    create: drawing(({ random }) => ({ random: random.fork('shuffle') })),
    fails: [
      'an epoch has the order of the stream at (epoch, number)',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'each example is augmented by the words of its step and place',
    ],
  },

  'drops out by a stream of its own': {
    create: inContext(({ random }) => ({
      random: Object.assign(new Random(0), {
        key: () => random.fork('dropout').key(),
        fork: (...path: (string | number)[]) => random.fork(...path),
      }),
    })),
    fails: [
      'dropout has the words of its step and layer, row by row',
      'each example is augmented by the words of its step and place',
      'each example is augmented by itself, and then clipped',
    ],
  },

  'has the masks of the first layer in all': {
    create: withParts({
      batchGradient: (network, weights, data, batch, context, dropout, record) =>
        batchGradient(
          network,
          weights,
          data,
          batch,
          context,
          (example) => {
            const draw = dropout(example);
            return (_layer, rate, size) => draw(0, rate, size);
          },
          record,
        ),
    }),
    fails: ['dropout has the words of its step and layer, row by row'],
  },

  'goes on from step to step where the source has draws by step': {
    create: inContext(({ noise }) => ({
      noise: {
        simulationOnly: true,
        uniform: () => noise.uniform(),
        addGaussian: (values, deviation) => noise.addGaussian(values, deviation),
      },
    })),
    fails: [
      'dropout masks are as secret as the noise',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'the draws of a step are those of the source at that step',
      'each example is augmented by itself, and then clipped',
      'what is drawn for augmentation is as secret as the noise',
    ],
  },

  'draws from another key where it has one': {
    create: inContext(({ noise }) => {
      const own = noise.keystream?.();
      return own ? { noise: new SeededNoise(own.key.map((word) => word ^ 1)) } : {};
    }),
    fails: [
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'each example is augmented by itself, and then clipped',
    ],
  },

  'asks for noise tensor by tensor': {
    create: withNoise((values, deviation, { noise }) => {
      const half = values.length >> 1;
      noise.addGaussian(values.subarray(0, half), deviation);
      noise.addGaussian(values.subarray(half), deviation);
    }),
    fails: [
      'one record more moves the sum of a step by the clip norm at most',
      'a record alone in its batch moves the sum from 0 by the clip norm at most',
      'one record changed moves the sum of a step by twice the clip norm at most',
      'all the records of a patient move the sum by the clip norm at most, or are refused',
      'under dropout one record more moves the sum by the clip norm at most',
      'a source without a key is asked once a record, then once for all the noise, in each step',
    ],
  },
};
