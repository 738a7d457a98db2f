import type { LocalTrainer } from '@fedward/core';
import { referenceTrainer } from '../../reference/trainer.js';
import type { Broken } from '../expect.js';
import { inContext, training, withParts } from './change.js';
import { sumOfClipped } from './clipping.js';

/** What is said of the gradients' privacy, and how little of it float32 may take away. */
export const brokenPromises: Record<string, Broken<LocalTrainer>> = {
  'clips and adds noise, and does not say so': {
    create: training(async (train, ...given) => {
      const { applied: { gradientPrivacy: _, ...applied } = {}, ...trained } = await train(...given);
      return { ...trained, applied };
    }),
    fails: [
      'it tells the clipping and the noise of examples that every step carried out',
      'it tells the clipping and the noise of means that every step carried out',
      'it tells the clipping and the wishes of one training',
      'it tells the objective that every step was made by',
    ],
  },

  'says what nobody asked for': {
    create: training(async (train, ...given) => {
      const { applied = {}, ...trained } = await train(...given);
      const gradientPrivacy = { clip: 'per-example', clipNorm: 1, noiseMultiplier: 1 } as const;
      return { ...trained, applied: Object.keys(applied).length > 0 ? applied : { gradientPrivacy } };
    }),
    fails: ['it tells of nothing where nothing was asked for', 'it tells the objective that every step was made by'],
  },

  'says another noise multiplier than it was asked for': {
    create: training(async (train, ...given) => {
      const { applied: { gradientPrivacy, ...applied } = {}, ...trained } = await train(...given);
      if (!gradientPrivacy) return { ...trained, applied };
      const { noiseMultiplier } = gradientPrivacy;
      return {
        ...trained,
        applied: { ...applied, gradientPrivacy: { ...gradientPrivacy, noiseMultiplier: noiseMultiplier + 1 } },
      };
    }),
    fails: [
      'it tells the clipping and the noise of examples that every step carried out',
      'it tells the clipping and the noise of means that every step carried out',
      'it tells the clipping and the wishes of one training',
      'it tells the objective that every step was made by',
    ],
  },

  'provides something twice': {
    create: () => {
      const reference = referenceTrainer();
      return { ...reference, provides: [...reference.provides!, 'correction'] };
    },
    fails: ['what it provides has names, each once'],
  },

  'provides nothing, and trains all the same': {
    create: () => ({ ...referenceTrainer(), provides: [] }),
    fails: [
      'the proximal term pulls by mu times the distance from the start',
      'a large proximal mu keeps the weights near the start',
      'a frozen tensor does not move, and the others follow the gradient',
      'the correction is added to every step',
      'private tensors start from the values of the site',
      'private tensors come back by themselves, and in the payload as they came',
      'it tells the wishes that every step carried out, tensors in the order of the layout',
      'it tells the clipping and the wishes of one training',
      'the same seeds give the same bits',
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
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'the draws of a step are those of the source at that step',
      'a source without a key is asked once a record, then once for all the noise, in each step',
      'one outlier moves the sum by the clip norm at most',
      'a gradient beyond float32 moves the sum by the clip norm at most',
      'each example is clipped on its own, over all tensors together',
      'a gradient below the clip norm is left as it is',
      'an example without a gradient is no NaN',
      'several private steps are each clipped at the weights that they start from',
      'batch-mean clips the mean of a batch, not its examples',
      'the patient as the unit is honoured or refused',
      'the noise on the sum has the deviation z C, and is divided by the expected size',
      'noise is added to an empty batch too',
      'every step has noise of its own',
      'every value of every tensor gets noise',
      'privacy noise comes from the secret source alone',
      'the noise of batch-mean has the deviation z C over the size of the batch',
      'it tells the clipping and the noise of examples that every step carried out',
      'it tells the clipping and the noise of means that every step carried out',
      'one record more moves the sum of a step by the clip norm at most',
      'a record alone in its batch moves the sum from 0 by the clip norm at most',
      'one record changed moves the sum of a step by twice the clip norm at most',
      'all the records of a patient move the sum by the clip norm at most, or are refused',
      'under dropout one record more moves the sum by the clip norm at most',
      'dropout masks are as secret as the noise',
      'weights of classes scale what each class counts',
      'a class of twice the weight is a class with each record twice',
      'the weight of a class scales a gradient before it is clipped',
      'label smoothing gives a part of each label to all classes',
      'the generalized cross-entropy is that of its q',
      'of each batch the smallest losses alone count, fewer from round to round',
      'it tells the objective that every step was made by',
      'each example is augmented by the words of its step and place',
      'each example is augmented by itself, and then clipped',
      'augmentation leaves the data as they were, and is told',
      'what is drawn for augmentation is as secret as the noise',
    ],
  },

  'trains in pieces of three where a batch is larger than it can count': {
    create: inContext(({ plan }) => {
      const { batches } = plan.training;
      const size = batches.kind === 'shuffle' && batches.size > 2 ** 30 ? 3 : undefined;
      return size
        ? { plan: { ...plan, training: { ...plan.training, batches: { ...batches, size } } } as typeof plan }
        : {};
    }),
    fails: ['a batch size beyond the data is all of the data'],
  },

  'takes any clip norm and any noise': {
    create: withParts({ assertGradientPrivacy: () => undefined }),
    fails: [
      'clipping example by example is refused for the Cox loss',
      'clip norms and noise that float32 can not hold to are refused by name',
      'small-loss selection is refused where gradients are clipped',
    ],
  },

  'draws dropout masks from the known stream where the noise is secret': {
    create: withParts({ maskKeystream: ({ random }) => ({ key: random.key(), rounds: 8 }) }),
    fails: ['dropout masks are as secret as the noise', 'what is drawn for augmentation is as secret as the noise'],
  },

  'lets a gradient pass the clip norm by five millionths': {
    create: sumOfClipped((norm, clipNorm) => Math.min(1, (clipNorm * (1 + 5e-6)) / norm)),
    fails: [
      'dropout has the words of its step and layer, row by row',
      'the patient as the unit is honoured or refused',
      'one record more moves the sum of a step by the clip norm at most',
      'a record alone in its batch moves the sum from 0 by the clip norm at most',
      'all the records of a patient move the sum by the clip norm at most, or are refused',
      'under dropout one record more moves the sum by the clip norm at most',
      'dropout masks are as secret as the noise',
      'the weight of a class scales a gradient before it is clipped',
      'each example is augmented by itself, and then clipped',
      'what is drawn for augmentation is as secret as the noise',
    ],
  },
};
