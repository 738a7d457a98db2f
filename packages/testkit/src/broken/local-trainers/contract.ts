import { createLayout, createParameters, type LocalTrainer } from '@fedward/core';
import { batchGradient } from '../../reference/gradient.js';
import { referenceTrainer, type TrainerParts } from '../../reference/trainer.js';
import type { Broken } from '../expect.js';
import { training, withParts } from './change.js';

const never = new AbortController().signal;

/** Computes nothing in a training that is long only to be aborted. */
const quick: Pick<TrainerParts, 'batchGradient'> = {
  batchGradient(...given) {
    const [, weights, , , { plan }] = given;
    const { batches } = plan.training;
    const long = batches.kind === 'shuffle' && batches.epochs > 1000;
    return long ? { gradient: new Float64Array(weights.length), loss: 0 } : batchGradient(...given);
  },
};

/** What a trainer takes, gives and leaves alone. */
export const brokenContracts: Record<string, Broken<LocalTrainer>> = {
  'has no name': {
    create: () => ({ ...referenceTrainer(), name: ' ' }),
    fails: ['it has a name and says what it runs on'],
  },

  'does not say what it runs on': {
    create: () => ({ ...referenceTrainer(), describe: async () => '' }),
    fails: ['it has a name and says what it runs on'],
  },

  'names the tensors anew': {
    create: training(async (train, ...given) => {
      const trained = await train(...given);
      const tensors = trained.payload.layout.tensors.map(({ shape }, i) => ({ name: `t${i}`, shape }));
      return { ...trained, payload: createParameters(createLayout(tensors), trained.payload.values) };
    }),
    fails: [
      'training keeps the layout, and touches nothing that it was given',
      'training learns what can be told apart',
      'a frozen tensor does not move, and the others follow the gradient',
      'private tensors start from the values of the site',
      'private tensors come back by themselves, and in the payload as they came',
    ],
  },

  'gives float64': {
    create: training(async (train, ...given) => {
      const trained = await train(...given);
      const values = Float64Array.from(trained.payload.values) as unknown as Float32Array;
      return { ...trained, payload: { ...trained.payload, values } };
    }),
    fails: [
      'training keeps the layout, and touches nothing that it was given',
      'a Cox batch without events moves nothing',
      'a frozen tensor does not move, and the others follow the gradient',
      'private tensors come back by themselves, and in the payload as they came',
      'an empty Poisson batch is a step that moves nothing',
    ],
  },

  'trains in the array that it is given': {
    create: training(async (train, payload, ...rest) => {
      const trained = await train(payload, ...rest);
      payload.values.set(trained.payload.values);
      return trained;
    }),
    fails: [
      'one record more moves the sum of a step by the clip norm at most',
      'a record alone in its batch moves the sum from 0 by the clip norm at most',
      'one record changed moves the sum of a step by twice the clip norm at most',
      'all the records of a patient move the sum by the clip norm at most, or are refused',
      'under dropout one record more moves the sum by the clip norm at most',
      'dropout masks are as secret as the noise',
      'training keeps the layout, and touches nothing that it was given',
      'the loss that it tells is the mean over steps, before each step',
      'a large proximal mu keeps the weights near the start',
      'training learns what can be told apart',
      'conv1d: valid and same, with strides, with and without a bias',
      'conv2d: valid and same, with strides, with and without a bias',
      'max pooling sends the gradient to the largest value',
      'average pooling shares the gradient out',
      'group norm normalises each example in groups of channels',
      'scale multiplies by a constant, also behind layers that are trained',
      'flatten keeps the order of values',
      'one step follows the gradient of the Cox partial likelihood, with ties',
      'a Cox loss of large log hazards is finite',
      'a frozen tensor does not move, and the others follow the gradient',
      'a frozen tensor counts for nothing in clipping',
      'a frozen tensor gets no noise, and the others the noise that they have without it',
      'the correction is added to every step',
      'the correction is neither clipped nor divided, and is added to an empty batch too',
      'an epoch takes each record once, and a batch is divided by its own size',
      'every epoch is shuffled anew, by the seeded stream',
      'a Poisson batch takes each record with the probability of the plan',
      'every Poisson step draws anew',
      'Poisson batches are drawn from the secret noise source',
      'a Poisson batch is divided by the expected size, not by its own',
      'dropout follows the seeded stream, and divides what it keeps by 1 - rate',
      'dropout draws anew for every example',
      'the draws of a step are those of the source at that step',
      'one outlier moves the sum by the clip norm at most',
      'each example is clipped on its own, over all tensors together',
      'a gradient below the clip norm is left as it is',
      'an example without a gradient is no NaN',
      'batch-mean clips the mean of a batch, not its examples',
      'the patient as the unit is honoured or refused',
      'the noise on the sum has the deviation z C, and is divided by the expected size',
      'noise is added to an empty batch too',
      'every step has noise of its own',
      'every value of every tensor gets noise',
      'privacy noise comes from the secret source alone',
      'the noise of batch-mean has the deviation z C over the size of the batch',
      'a class of twice the weight is a class with each record twice',
      'the weight of a class scales a gradient before it is clipped',
    ],
  },

  'starts from the beginning of the buffer': {
    create: training((train, { layout, values }, ...rest) =>
      train({ layout, values: new Float32Array(values.buffer as ArrayBuffer, 0, layout.size) }, ...rest),
    ),
    fails: ['training can start from a view into a larger array'],
  },

  'keeps its momentum from call to call': {
    create: () => {
      const kept = new Map<number, Float64Array>();
      return withParts({
        createOptimizer({ learningRate }, size) {
          const velocity = kept.get(size) ?? new Float64Array(size);
          kept.set(size, velocity);
          return (weights, gradient) =>
            gradient.forEach((g, i) => {
              velocity[i] = 1e-3 * velocity[i]! + g;
              weights[i]! -= learningRate * velocity[i]!;
            });
        },
      })();
    },
    fails: [
      'the same seeds give the same bits',
      'trainings at once do not mix',
      'several steps of SGD follow the gradient',
      'momentum adds the earlier gradients',
      'Adam corrects its bias',
      'a Cox risk set is whoever is in the batch',
      'a frozen tensor does not move, and the others follow the gradient',
      'the correction is added to every step',
      'the correction is neither clipped nor divided, and is added to an empty batch too',
      'private tensors start from the values of the site',
      'an epoch takes each record once, and a batch is divided by its own size',
      'an epoch has the order of the stream at (epoch, number)',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'the draws of a step are those of the source at that step',
      'several private steps are each clipped at the weights that they start from',
      'weights of classes scale what each class counts',
      'label smoothing gives a part of each label to all classes',
      'the generalized cross-entropy is that of its q',
      'of each batch the smallest losses alone count, fewer from round to round',
      'each example is augmented by the words of its step and place',
      'each example is augmented by itself, and then clipped',
    ],
  },

  'has room for one training at a time': {
    create: () => {
      let current: Parameters<LocalTrainer['train']> | undefined;
      return training(async (train, ...given) => {
        current = given;
        await Promise.resolve();
        return train(...current);
      })();
    },
    fails: ['trainings at once do not mix'],
  },

  'counts epochs for steps': {
    create: training(async (train, payload, data, context, signal) => {
      const trained = await train(payload, data, context, signal);
      const { batches } = context.plan.training;
      return { ...trained, steps: batches.kind === 'shuffle' ? batches.epochs : trained.steps };
    }),
    fails: ['it says how many steps it took'],
  },

  'tells the sum of the losses': {
    create: training(async (train, ...given) => {
      const trained = await train(...given);
      const { loss } = trained.metrics;
      return loss === undefined ? trained : { ...trained, metrics: { loss: loss * trained.steps } };
    }),
    fails: [
      'the loss that it tells is the mean over steps, before each step',
      'training learns what can be told apart',
      'weights of classes scale what each class counts',
      'label smoothing gives a part of each label to all classes',
      'the generalized cross-entropy is that of its q',
      'of each batch the smallest losses alone count, fewer from round to round',
    ],
  },

  'trains on nobody': {
    create: training(async (train, payload, data, ...rest) =>
      data.count === 0 ? { payload, steps: 0, metrics: {} } : train(payload, data, ...rest),
    ),
    fails: ['training without records is DATA_EMPTY'],
  },

  'takes a label for the nearest class': {
    create: training((train, payload, data, context, signal) => {
      const nearest = (y: number): number => Math.min(2, Math.max(0, Math.round(y) || 0));
      const labels = context.plan.model.loss === 'squared-error' ? data.labels : data.labels.map(nearest);
      return train(payload, { ...data, labels }, context, signal);
    }),
    fails: [
      'a label that is no class is LABEL_INVALID',
      'one step follows the gradient of the Cox partial likelihood, with ties',
      'a Cox risk set is whoever is in the batch',
      'a Cox batch without events moves nothing',
      'a Cox loss of large log hazards is finite',
      'clipping example by example is refused for the Cox loss',
    ],
  },

  'takes whatever it is given': {
    create: withParts({ assertFits: () => undefined }),
    fails: [
      'a label that is no class is LABEL_INVALID',
      'data that does not fit the model is DATA_MALFORMED',
      'a payload in another layout is refused',
      'a survival time of 0 is LABEL_INVALID',
    ],
  },

  'does not hear the signal': {
    create: () => {
      const trainer = withParts(quick)();
      return { ...trainer, train: (payload, data, context) => trainer.train(payload, data, context, never) };
    },
    fails: [
      'a signal that has fired already is ABORTED',
      'a signal that fires during a step ends the training',
      'a long training listens for the signal',
    ],
  },

  'looks at the signal once': {
    create: () => {
      const trainer = withParts(quick)();
      return {
        ...trainer,
        train: (payload, data, context, signal) =>
          trainer.train(payload, data, context, signal.aborted ? signal : never),
      };
    },
    fails: ['a signal that fires during a step ends the training', 'a long training listens for the signal'],
  },

  'never lets the timer in': {
    create: withParts({ ...quick, rest: () => Promise.resolve() }),
    fails: ['a long training listens for the signal'],
  },
};
