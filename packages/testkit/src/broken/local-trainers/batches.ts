import { Random, type LocalTrainer } from '@fedward/core';
import { drawBatches, noiseAt, type Batch } from '../../reference/batches.js';
import { batchGradient } from '../../reference/gradient.js';
import type { Broken } from '../expect.js';
import { unrepeated } from '../unrepeated.js';
import { changedNoise, drawing, withGradient, withParts } from './change.js';

/** Who is in a batch, and what it is divided by. */
export const brokenBatches: Record<string, Broken<LocalTrainer>> = {
  'drops the last batch where it is small': {
    create: withParts({
      *drawBatches(data, context) {
        const { batches } = context.plan.training;
        for (const batch of drawBatches(data, context))
          if (batches.kind === 'poisson' || batch.length === Math.min(batches.size, data.count)) yield batch;
      },
    }),
    fails: [
      'it says how many steps it took',
      'an epoch takes each record once, and a batch is divided by its own size',
      'every epoch is shuffled anew, by the seeded stream',
      'an epoch has the order of the stream at (epoch, number)',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'each example is augmented by the words of its step and place',
    ],
  },

  'divides by the size of the plan': {
    create: withGradient(({ gradient, loss }, _network, _weights, data, batch, { plan }) => {
      const { batches } = plan.training;
      const size = batches.kind !== 'poisson' ? Math.min(batches.size, data.count) : batch.length;
      return { gradient: gradient.map((g) => (size ? (g * batch.length) / size : g)), loss };
    }),
    fails: [
      'an epoch takes each record once, and a batch is divided by its own size',
      'every epoch is shuffled anew, by the seeded stream',
      'an epoch has the order of the stream at (epoch, number)',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'each example is augmented by the words of its step and place',
    ],
  },

  'keeps the order of the first epoch': {
    create: withParts({
      *drawBatches(data, context) {
        const { batches } = context.plan.training;
        if (batches.kind !== 'shuffle') return yield* drawBatches(data, context);
        const once = { ...context.plan, training: { ...context.plan.training, batches: { ...batches, epochs: 1 } } };
        for (let epoch = 0; epoch < batches.epochs; epoch++) yield* drawBatches(data, { ...context, plan: once });
      },
    }),
    fails: [
      'every epoch is shuffled anew, by the seeded stream',
      'an epoch has the order of the stream at (epoch, number)',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'each example is augmented by the words of its step and place',
    ],
  },

  'does not shuffle': {
    create: withParts({
      *drawBatches(data, context) {
        const { batches } = context.plan.training;
        if (batches.kind !== 'shuffle') return yield* drawBatches(data, context);
        for (let epoch = 0; epoch < batches.epochs; epoch++)
          for (let from = 0; from < data.count; from += batches.size)
            yield Array.from({ length: Math.min(batches.size, data.count - from) }, (_, i) => [from + i]);
      },
    }),
    fails: [
      'every epoch is shuffled anew, by the seeded stream',
      'an epoch has the order of the stream at (epoch, number)',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'each example is augmented by the words of its step and place',
    ],
  },

  'takes records with four fifths of the probability': {
    create: drawing(({ noise }) => ({
      noise: changedNoise(noise, (own) => ({ uniform: () => own.uniform() / 0.8 })),
    })),
    fails: [
      'a Poisson batch takes each record with the probability of the plan',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'each example is augmented by itself, and then clipped',
    ],
  },

  'shuffles by Math.random': {
    create: drawing(() => ({ random: new Random(unrepeated()) })),
    fails: [
      'training can start from a view into a larger array',
      'the same seeds give the same bits',
      'trainings at once do not mix',
      'dropout follows the seeded stream, and divides what it keeps by 1 - rate',
      'an epoch has the order of the stream at (epoch, number)',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'each example is augmented by the words of its step and place',
    ],
  },

  'takes as many as are expected, no more and no fewer': {
    create: withParts({
      *drawBatches(data, context) {
        const { batches } = context.plan.training;
        if (batches.kind !== 'poisson') return yield* drawBatches(data, context);
        for (let step = 0; step < batches.steps; step++) {
          const noise = noiseAt(context.noise, step);
          const keys = Array.from({ length: data.count }, () => noise.uniform());
          const order = keys.map((_, row) => row).sort((a, b) => keys[a]! - keys[b]!);
          yield order.slice(0, Math.round(batches.probability * data.count)).map((row) => [row]);
        }
      },
    }),
    fails: [
      'one record more moves the sum of a step by the clip norm at most',
      'a record alone in its batch moves the sum from 0 by the clip norm at most',
      'all the records of a patient move the sum by the clip norm at most, or are refused',
      'conv1d: valid and same, with strides, with and without a bias',
      'conv2d: valid and same, with strides, with and without a bias',
      'max pooling sends the gradient to the largest value',
      'average pooling shares the gradient out',
      'group norm normalises each example in groups of channels',
      'scale multiplies by a constant, also behind layers that are trained',
      'flatten keeps the order of values',
      'a frozen tensor counts for nothing in clipping',
      'a frozen tensor gets no noise, and the others the noise that they have without it',
      'the correction is neither clipped nor divided, and is added to an empty batch too',
      'a Poisson batch takes each record with the probability of the plan',
      'Poisson batches are drawn from the secret noise source',
      'a Poisson batch is divided by the expected size, not by its own',
      'an empty Poisson batch is a step that moves nothing',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'the draws of a step are those of the source at that step',
      'one outlier moves the sum by the clip norm at most',
      'each example is clipped on its own, over all tensors together',
      'a gradient below the clip norm is left as it is',
      'an example without a gradient is no NaN',
      'several private steps are each clipped at the weights that they start from',
      'the patient as the unit is honoured or refused',
      'a class of twice the weight is a class with each record twice',
      'the weight of a class scales a gradient before it is clipped',
      'each example is augmented by itself, and then clipped',
    ],
  },

  'draws a Poisson batch once for all steps': {
    create: withParts({
      *drawBatches(data, context) {
        let first: Batch | undefined;
        for (const batch of drawBatches(data, context)) {
          first ??= batch;
          yield context.plan.training.batches.kind === 'poisson' ? first : batch;
        }
      },
    }),
    fails: [
      'a Cox risk set is whoever is in the batch',
      'every Poisson step draws anew',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'the draws of a step are those of the source at that step',
      'each example is augmented by itself, and then clipped',
    ],
  },

  'draws Poisson batches from the seeded stream': {
    create: drawing(({ random, noise }) => ({
      noise: changedNoise(noise, () => ({ uniform: () => random.uniform() })),
    })),
    fails: [
      'one record more moves the sum of a step by the clip norm at most',
      'a record alone in its batch moves the sum from 0 by the clip norm at most',
      'all the records of a patient move the sum by the clip norm at most, or are refused',
      'a signal that fires during a step ends the training',
      'conv1d: valid and same, with strides, with and without a bias',
      'conv2d: valid and same, with strides, with and without a bias',
      'max pooling sends the gradient to the largest value',
      'average pooling shares the gradient out',
      'group norm normalises each example in groups of channels',
      'scale multiplies by a constant, also behind layers that are trained',
      'flatten keeps the order of values',
      'a Cox risk set is whoever is in the batch',
      'a frozen tensor counts for nothing in clipping',
      'a frozen tensor gets no noise, and the others the noise that they have without it',
      'the correction is neither clipped nor divided, and is added to an empty batch too',
      'Poisson batches are drawn from the secret noise source',
      'a Poisson batch is divided by the expected size, not by its own',
      'an empty Poisson batch is a step that moves nothing',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'the draws of a step are those of the source at that step',
      'a source without a key is asked once a record, then once for all the noise, in each step',
      'a gradient beyond float32 moves the sum by the clip norm at most',
      'one outlier moves the sum by the clip norm at most',
      'each example is clipped on its own, over all tensors together',
      'a gradient below the clip norm is left as it is',
      'several private steps are each clipped at the weights that they start from',
      'the patient as the unit is honoured or refused',
      'privacy noise comes from the secret source alone',
      'a class of twice the weight is a class with each record twice',
      'the weight of a class scales a gradient before it is clipped',
      'each example is augmented by itself, and then clipped',
    ],
  },

  'divides a Poisson batch by its own size': {
    create: withGradient(({ gradient, loss }, _network, _weights, _data, batch, { plan, gradientPrivacy }) => {
      const { batches } = plan.training;
      if (batches.kind !== 'poisson' || gradientPrivacy) return { gradient, loss };
      return { gradient: gradient.map((g) => (g * batches.expectedSize) / Math.max(1, batch.length)), loss };
    }),
    fails: [
      'a Cox risk set is whoever is in the batch',
      'every Poisson step draws anew',
      'a Poisson batch is divided by the expected size, not by its own',
      'a class of twice the weight is a class with each record twice',
    ],
  },

  'leaves out empty batches': {
    create: withParts({
      *drawBatches(data, context) {
        for (const batch of drawBatches(data, context)) if (batch.length > 0) yield batch;
      },
    }),
    fails: [
      'it tells the clipping and the noise of examples that every step carried out',
      'a record alone in its batch moves the sum from 0 by the clip norm at most',
      'a frozen tensor gets no noise, and the others the noise that they have without it',
      'the correction is neither clipped nor divided, and is added to an empty batch too',
      'an empty Poisson batch is a step that moves nothing',
      'the draws of a step are those of the source at that step',
      'noise is added to an empty batch too',
      'every step has noise of its own',
      'every value of every tensor gets noise',
      'it tells the objective that every step was made by',
    ],
  },

  'tells NaN for the loss of an empty batch': {
    create: withParts({
      batchGradient(...given) {
        const { gradient, loss = Number.NaN } = batchGradient(...given);
        return { gradient, loss };
      },
    }),
    fails: ['an empty Poisson batch is a step that moves nothing'],
  },
};
