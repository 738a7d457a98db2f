import type { ClientContext, LocalTrainer } from '@fedward/core';
import type { Broken } from '../expect.js';
import { changedNoise, inContext, withGradient, withNoise } from './change.js';

const expectedSizeOf = (context: ClientContext): number => {
  const { batches } = context.plan.training;
  return batches.kind === 'poisson' ? batches.expectedSize : batches.size;
};

/** What noise is added. */
export const brokenNoise: Record<string, Broken<LocalTrainer>> = {
  'passes the variance for the deviation': {
    create: withNoise((values, deviation, { noise }) => noise.addGaussian(values, deviation ** 2)),
    fails: [
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'the draws of a step are those of the source at that step',
      'the noise on the sum has the deviation z C, and is divided by the expected size',
      'noise is added to an empty batch too',
      'every step has noise of its own',
      'the noise of batch-mean has the deviation z C over the size of the batch',
    ],
  },

  'adds no noise to an empty batch': {
    create: withGradient((made, _network, _weights, _data, batch) => ({
      ...made,
      gradient: batch.length > 0 ? made.gradient : made.gradient.fill(0),
    })),
    fails: [
      'a frozen tensor gets no noise, and the others the noise that they have without it',
      'the draws of a step are those of the source at that step',
      'noise is added to an empty batch too',
      'every step has noise of its own',
      'every value of every tensor gets noise',
    ],
  },

  'does not divide the noise': {
    create: withNoise((values, deviation, context) =>
      context.noise.addGaussian(values, deviation * expectedSizeOf(context)),
    ),
    fails: [
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'the draws of a step are those of the source at that step',
      'the noise on the sum has the deviation z C, and is divided by the expected size',
      'noise is added to an empty batch too',
      'every step has noise of its own',
      'the noise of batch-mean has the deviation z C over the size of the batch',
    ],
  },

  'adds the noise of its first step to every step': {
    create: inContext(({ noise }) => {
      let draws: Float64Array | undefined;
      return {
        noise: changedNoise(noise, (own) => ({
          addGaussian(values, deviation) {
            if (!draws) own.addGaussian((draws = new Float64Array(values.length)), deviation);
            values.forEach((x, i) => (values[i] = x + draws![i]!));
          },
        })),
      };
    }),
    fails: [
      'one record more moves the sum of a step by the clip norm at most',
      'a record alone in its batch moves the sum from 0 by the clip norm at most',
      'one record changed moves the sum of a step by twice the clip norm at most',
      'all the records of a patient move the sum by the clip norm at most, or are refused',
      'under dropout one record more moves the sum by the clip norm at most',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'the draws of a step are those of the source at that step',
      'a source without a key is asked once a record, then once for all the noise, in each step',
      'every step has noise of its own',
    ],
  },

  'adds no noise to the bias': {
    create: withNoise((values, deviation, { noise, plan }) => {
      const last = plan.model.layers.at(-1)!;
      const bias = last.type === 'dense' && last.bias ? last.units : 0;
      noise.addGaussian(values.subarray(0, values.length - bias), deviation);
    }),
    fails: [
      'one record more moves the sum of a step by the clip norm at most',
      'a record alone in its batch moves the sum from 0 by the clip norm at most',
      'one record changed moves the sum of a step by twice the clip norm at most',
      'all the records of a patient move the sum by the clip norm at most, or are refused',
      'under dropout one record more moves the sum by the clip norm at most',
      'a frozen tensor gets no noise, and the others the noise that they have without it',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'the draws of a step are those of the source at that step',
      'a source without a key is asked once a record, then once for all the noise, in each step',
      'every value of every tensor gets noise',
    ],
  },

  'draws its noise from the seeded stream': {
    create: withNoise((values, deviation, { random }) =>
      values.forEach((x, i) => (values[i] = x + deviation * random.normal())),
    ),
    fails: [
      'one record more moves the sum of a step by the clip norm at most',
      'a record alone in its batch moves the sum from 0 by the clip norm at most',
      'one record changed moves the sum of a step by twice the clip norm at most',
      'all the records of a patient move the sum by the clip norm at most, or are refused',
      'under dropout one record more moves the sum by the clip norm at most',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'the draws of a step are those of the source at that step',
      'a source without a key is asked once a record, then once for all the noise, in each step',
      'the noise on the sum has the deviation z C, and is divided by the expected size',
      'privacy noise comes from the secret source alone',
      'the noise of batch-mean has the deviation z C over the size of the batch',
    ],
  },

  'adds the noise of a sum to a clipped mean': {
    create: withNoise((values, deviation, { noise, gradientPrivacy, plan }) => {
      const { batches } = plan.training;
      const onSum = gradientPrivacy?.clip === 'batch-mean' && batches.kind === 'shuffle' ? batches.size : 1;
      noise.addGaussian(values, deviation * onSum);
    }),
    fails: [
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'the noise of batch-mean has the deviation z C over the size of the batch',
    ],
  },

  'adds noise where nobody asked for it': {
    create: withGradient((made, _network, _weights, _data, _batch, { noise, gradientPrivacy }) => {
      if (!gradientPrivacy) noise.addGaussian(made.gradient, 1e-3);
      return made;
    }),
    fails: [
      'one step follows the gradient of the softmax cross-entropy',
      'one step follows the gradient of the sigmoid cross-entropy',
      'one step follows the gradient of half the squared error',
      'one step follows the gradient through several layers',
      'every activation has its own derivative',
      'a dense layer without a bias has none',
      'several steps of SGD follow the gradient',
      'momentum adds the earlier gradients',
      'Adam corrects its bias',
      'the proximal term pulls by mu times the distance from the start',
      'conv1d: valid and same, with strides, with and without a bias',
      'conv2d: valid and same, with strides, with and without a bias',
      'max pooling sends the gradient to the largest value',
      'average pooling shares the gradient out',
      'group norm normalises each example in groups of channels',
      'scale multiplies by a constant, also behind layers that are trained',
      'flatten keeps the order of values',
      'one step follows the gradient of the Cox partial likelihood, with ties',
      'a Cox batch without events moves nothing',
      'a frozen tensor does not move, and the others follow the gradient',
      'the correction is added to every step',
      'private tensors start from the values of the site',
      'an epoch takes each record once, and a batch is divided by its own size',
      'Poisson batches are drawn from the secret noise source',
      'an empty Poisson batch is a step that moves nothing',
      'dropout follows the seeded stream, and divides what it keeps by 1 - rate',
      'an epoch has the order of the stream at (epoch, number)',
      'dropout has the words of its step and layer, row by row',
      'without a mechanism that asks for it, no noise is added',
      'weights of classes scale what each class counts',
      'label smoothing gives a part of each label to all classes',
      'the generalized cross-entropy is that of its q',
      'of each batch the smallest losses alone count, fewer from round to round',
      'each example is augmented by the words of its step and place',
    ],
  },
};
