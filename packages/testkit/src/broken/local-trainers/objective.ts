import type { LocalTrainer, RoundObjective } from '@fedward/core';
import { assertGradientPrivacy, objectiveOf } from '@fedward/core/training';
import { batchGradient } from '../../reference/gradient.js';
import { trainerWith } from '../../reference/trainer.js';
import type { Broken } from '../expect.js';
import { training, withParts } from './change.js';

/** The reference by another objective, of which it says that it is the plan's. */
const shaping =
  (change: (objective: RoundObjective) => RoundObjective): (() => LocalTrainer) =>
  () => {
    const trainer = trainerWith({
      objectiveOf(spec, round) {
        const own = objectiveOf(spec, round);
        return own && change(own);
      },
    });
    return {
      ...trainer,
      async train(payload, data, context, signal) {
        const trained = await trainer.train(payload, data, context, signal);
        const objective = objectiveOf(context.plan.training.objective, context.round);
        return { ...trained, applied: { ...trained.applied, ...(objective && { objective }) } };
      },
    };
  };

/** What a plan changes in the loss. */
export const brokenObjectives: Record<string, Broken<LocalTrainer>> = {
  'does not know the weights of classes, and says that it does': {
    create: shaping(({ classWeights, ...others }) => others),
    fails: [
      'weights of classes scale what each class counts',
      'a class of twice the weight is a class with each record twice',
      'the weight of a class scales a gradient before it is clipped',
      'of each batch the smallest losses alone count, fewer from round to round',
    ],
  },

  'divides by the sum of the weights of classes': {
    create: withParts({
      batchGradient(network, weights, data, batch, context, dropout, record) {
        const made = batchGradient(network, weights, data, batch, context, dropout, record);
        const { classWeights } = context.objective ?? {};
        if (!classWeights) return made;
        const rows = batch.flat();
        const sum = rows.reduce((total, row) => total + classWeights[data.labels[row]!]!, 0);
        return { ...made, gradient: made.gradient.map((g) => (g * rows.length) / sum) };
      },
    }),
    fails: [
      'weights of classes scale what each class counts',
      'a class of twice the weight is a class with each record twice',
      'the weight of a class scales a gradient before it is clipped',
      'of each batch the smallest losses alone count, fewer from round to round',
    ],
  },

  'weighs a gradient after it is clipped': {
    create: withParts({
      batchGradient(network, weights, data, batch, context, dropout, record) {
        const { objective: { classWeights, ...objective } = {}, ...others } = context;
        if (!classWeights || !context.gradientPrivacy)
          return batchGradient(network, weights, data, batch, context, dropout, record);
        const own = { ...others, objective };
        const whole = batchGradient(network, weights, data, batch, own, dropout, record);
        const gradient = new Float64Array(weights.length);
        for (const unit of batch) {
          const made = batchGradient(network, weights, data, [unit], own, dropout, record);
          made.gradient.forEach((g, i) => (gradient[i]! += classWeights[data.labels[unit[0]!]!]! * g));
        }
        return { ...whole, gradient };
      },
    }),
    fails: ['the weight of a class scales a gradient before it is clipped'],
  },

  'smooths labels over the other classes alone': {
    create: shaping(({ labelSmoothing, ...others }) => ({
      ...others,
      ...(labelSmoothing !== undefined && { labelSmoothing: 1.5 * labelSmoothing }), // of three classes
    })),
    fails: ['label smoothing gives a part of each label to all classes'],
  },

  'takes the cross-entropy for the generalized one': {
    create: shaping(({ generalizedCrossEntropy, ...others }) => others),
    fails: ['the generalized cross-entropy is that of its q'],
  },

  'keeps another share of a batch than the plan says': {
    create: shaping(({ keepSmallest, ...others }) => ({
      ...others,
      ...(keepSmallest !== undefined && { keepSmallest: 1 - keepSmallest / 2 }),
    })),
    fails: ['of each batch the smallest losses alone count, fewer from round to round'],
  },

  'chooses records although gradients are clipped': {
    create: withParts({
      assertGradientPrivacy: (privacy, { training: { objective, ...training }, model }) =>
        assertGradientPrivacy(privacy, { training, model }),
    }),
    fails: ['small-loss selection is refused where gradients are clipped'],
  },

  'says nothing of the objective': {
    create: training(async (train, ...given) => {
      const { applied: { objective, ...applied } = {}, ...trained } = await train(...given);
      return { ...trained, applied };
    }),
    fails: ['it tells the objective that every step was made by'],
  },
};
