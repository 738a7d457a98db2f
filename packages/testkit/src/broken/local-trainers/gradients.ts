import { FedwardError, type LocalTrainer, type LossName } from '@fedward/core';
import { createNetwork } from '../../reference/network.js';
import { createOptimizer } from '../../reference/optimizer.js';
import type { Broken } from '../expect.js';
import { inContext, withExampleGradient, withModel, withParts } from './change.js';

const scaled = (loss: LossName, factor: number): (() => LocalTrainer) =>
  withExampleGradient((gradient, model) => (model.loss === loss ? gradient.map((g) => factor * g) : gradient));

/** Which way a step goes. */
export const brokenGradients: Record<string, Broken<LocalTrainer>> = {
  'takes the logarithm of the softmax to base 2': {
    create: scaled('softmax-cross-entropy', Math.LOG2E),
    fails: [
      'the loss that it tells is the mean over steps, before each step',
      'one step follows the gradient of the softmax cross-entropy',
      'one step follows the gradient through several layers',
      'every activation has its own derivative',
      'a dense layer without a bias has none',
      'several steps of SGD follow the gradient',
      'momentum adds the earlier gradients',
      'the proximal term pulls by mu times the distance from the start',
      'conv1d: valid and same, with strides, with and without a bias',
      'conv2d: valid and same, with strides, with and without a bias',
      'max pooling sends the gradient to the largest value',
      'average pooling shares the gradient out',
      'group norm normalises each example in groups of channels',
      'scale multiplies by a constant, also behind layers that are trained',
      'flatten keeps the order of values',
      'a frozen tensor does not move, and the others follow the gradient',
      'a frozen tensor counts for nothing in clipping',
      'the correction is added to every step',
      'an epoch takes each record once, and a batch is divided by its own size',
      'a Poisson batch is divided by the expected size, not by its own',
      'dropout follows the seeded stream, and divides what it keeps by 1 - rate',
      'an epoch has the order of the stream at (epoch, number)',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'each example is clipped on its own, over all tensors together',
      'a gradient below the clip norm is left as it is',
      'several private steps are each clipped at the weights that they start from',
      'batch-mean clips the mean of a batch, not its examples',
      'weights of classes scale what each class counts',
      'the weight of a class scales a gradient before it is clipped',
      'label smoothing gives a part of each label to all classes',
      'the generalized cross-entropy is that of its q',
      'of each batch the smallest losses alone count, fewer from round to round',
      'each example is augmented by the words of its step and place',
      'each example is augmented by itself, and then clipped',
    ],
  },

  'averages the sigmoid cross-entropy over two classes': {
    create: scaled('sigmoid-cross-entropy', 0.5),
    fails: [
      'one step follows the gradient of the sigmoid cross-entropy',
      'weights of classes scale what each class counts',
      'label smoothing gives a part of each label to all classes',
      'the generalized cross-entropy is that of its q',
      'of each batch the smallest losses alone count, fewer from round to round',
    ],
  },

  'takes the squared error, not half of it': {
    create: scaled('squared-error', 2),
    fails: ['one step follows the gradient of half the squared error'],
  },

  'trains the last layer alone': {
    create: withExampleGradient((gradient, model) => {
      const { tensors } = createNetwork(model).layout;
      const last = tensors.findLast(({ name }) => name.endsWith('kernel'))!;
      return gradient.map((g, i) => (i < last.offset ? 0 : g));
    }),
    fails: [
      'one step follows the gradient through several layers',
      'every activation has its own derivative',
      'conv1d: valid and same, with strides, with and without a bias',
      'conv2d: valid and same, with strides, with and without a bias',
      'max pooling sends the gradient to the largest value',
      'average pooling shares the gradient out',
      'scale multiplies by a constant, also behind layers that are trained',
      'group norm normalises each example in groups of channels',
      'one step follows the gradient of the Cox partial likelihood, with ties',
      'a Cox risk set is whoever is in the batch',
      'a frozen tensor does not move, and the others follow the gradient',
      'a frozen tensor counts for nothing in clipping',
      'the correction is added to every step',
      'private tensors start from the values of the site',
      'dropout has the words of its step and layer, row by row',
      'each example is clipped on its own, over all tensors together',
      'a gradient below the clip norm is left as it is',
    ],
  },

  'takes elu for relu': {
    create: withModel((json) => json.replaceAll('"elu"', '"relu"')),
    fails: ['every activation has its own derivative'],
  },

  'can not do without a bias': {
    create: withParts({
      createNetwork(model) {
        if (model.layers.some((layer) => layer.type === 'dense' && !layer.bias))
          throw new FedwardError('CONFIG_INCOMPATIBLE', 'a dense layer needs a bias');
        return createNetwork(model);
      },
    }),
    fails: [
      'a dense layer without a bias has none',
      'an epoch takes each record once, and a batch is divided by its own size',
      'every epoch is shuffled anew, by the seeded stream',
      'a Poisson batch takes each record with the probability of the plan',
      'every Poisson step draws anew',
      'Poisson batches are drawn from the secret noise source',
      'dropout follows the seeded stream, and divides what it keeps by 1 - rate',
      'dropout draws anew for every example',
      'an example without a gradient is no NaN',
    ],
  },

  'lowers the learning rate from step to step': {
    create: withParts({
      createOptimizer(spec, size) {
        const optimize = createOptimizer(spec, size);
        let step = 0;
        return (weights, gradient) => {
          const before = weights.slice();
          optimize(weights, gradient);
          step++;
          weights.forEach((w, i) => (weights[i] = before[i]! + (w - before[i]!) / step));
        };
      },
    }),
    fails: [
      'several steps of SGD follow the gradient',
      'momentum adds the earlier gradients',
      'Adam corrects its bias',
      'the proximal term pulls by mu times the distance from the start',
      'a large proximal mu keeps the weights near the start',
      'a Cox risk set is whoever is in the batch',
      'a frozen tensor does not move, and the others follow the gradient',
      'the correction is added to every step',
      'the correction is neither clipped nor divided, and is added to an empty batch too',
      'private tensors start from the values of the site',
      'an epoch takes each record once, and a batch is divided by its own size',
      'every epoch is shuffled anew, by the seeded stream',
      'every Poisson step draws anew',
      'an epoch has the order of the stream at (epoch, number)',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'the draws of a step are those of the source at that step',
      'several private steps are each clipped at the weights that they start from',
      'every step has noise of its own',
      'weights of classes scale what each class counts',
      'label smoothing gives a part of each label to all classes',
      'the generalized cross-entropy is that of its q',
      'of each batch the smallest losses alone count, fewer from round to round',
      'each example is augmented by the words of its step and place',
      'each example is augmented by itself, and then clipped',
    ],
  },

  'forgets momentum': {
    create: withParts({
      createOptimizer: (spec, size) =>
        createOptimizer(spec.name === 'momentum' ? { name: 'sgd', learningRate: spec.learningRate } : spec, size),
    }),
    fails: ['momentum adds the earlier gradients', 'a frozen tensor does not move, and the others follow the gradient'],
  },

  'takes momentum for an average': {
    create: withParts({
      createOptimizer: (spec, size) =>
        createOptimizer(
          spec.name === 'momentum' ? { ...spec, learningRate: spec.learningRate * (1 - spec.momentum) } : spec,
          size,
        ),
    }),
    fails: ['momentum adds the earlier gradients', 'a frozen tensor does not move, and the others follow the gradient'],
  },

  'does not correct the bias of Adam': {
    create: withParts({
      createOptimizer(spec, size) {
        if (spec.name !== 'adam') return createOptimizer(spec, size);
        const [first, second] = [new Float64Array(size), new Float64Array(size)];
        return (weights, gradient) =>
          gradient.forEach((g, i) => {
            first[i] = spec.beta1 * first[i]! + (1 - spec.beta1) * g;
            second[i] = spec.beta2 * second[i]! + (1 - spec.beta2) * g * g;
            weights[i]! -= (spec.learningRate * first[i]!) / (Math.sqrt(second[i]!) + spec.epsilon);
          });
      },
    }),
    fails: [
      'Adam corrects its bias',
      'a frozen tensor does not move, and the others follow the gradient',
      'the correction is added to every step',
      'private tensors start from the values of the site',
    ],
  },

  'pulls with half of mu': {
    create: inContext(({ wishes }) => ({
      wishes: { ...wishes, proximalMu: (wishes.proximalMu ?? 0) / 2 },
    })),
    fails: [
      'it tells the wishes that every step carried out, tensors in the order of the layout',
      'it tells the clipping and the wishes of one training',
      'the proximal term pulls by mu times the distance from the start',
      'a frozen tensor does not move, and the others follow the gradient',
    ],
  },

  'does not know mu': {
    create: inContext(({ wishes: { proximalMu, ...others } }) => ({ wishes: others })),
    fails: [
      'a proximal term that is no finite float32 from 0 on is refused by name',
      'it tells the wishes that every step carried out, tensors in the order of the layout',
      'it tells the clipping and the wishes of one training',
      'the proximal term pulls by mu times the distance from the start',
      'a large proximal mu keeps the weights near the start',
      'a frozen tensor does not move, and the others follow the gradient',
    ],
  },
};
