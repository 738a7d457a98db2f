import type { GradientPrivacy, LocalTrainer } from '@fedward/core';
import { batchGradient, clip, exampleOf, withoutFrozen } from '../../reference/gradient.js';
import type { Broken } from '../expect.js';
import { inContext, withGradient, withParts } from './change.js';

type Step = typeof batchGradient;
type Given = Parameters<Step>;

/** The reference whose private steps with per-example clipping are another's; its own noise is added. */
const clipping = (sumOf: (privacy: GradientPrivacy, ...given: Given) => Float64Array): (() => LocalTrainer) =>
  withParts({
    batchGradient(...given) {
      const [, weights, , , { plan, wishes, noise, gradientPrivacy }, , record] = given;
      const { batches } = plan.training;
      if (gradientPrivacy?.clip !== 'per-example' || batches.kind !== 'poisson') return batchGradient(...given);
      const sum = given[3].length > 0 ? sumOf(gradientPrivacy, ...given) : new Float64Array(weights.length);
      noise.addGaussian(sum, gradientPrivacy.noiseMultiplier * gradientPrivacy.clipNorm);
      record.clipped('per-example', gradientPrivacy.clipNorm); // it says so, whatever it has done
      record.noised(gradientPrivacy.noiseMultiplier);
      withoutFrozen(given[0], wishes)(sum);
      return { gradient: sum.map((x) => x / batches.expectedSize), loss: 0 };
    },
  });

/** The sum over a batch of the gradients of its examples, each changed. */
const sumOverExamples =
  (change: (gradient: Float64Array, privacy: GradientPrivacy, given: Given) => void) =>
  (privacy: GradientPrivacy, ...given: Given): Float64Array => {
    const [network, weights, data, batch, { wishes }] = given;
    const freeze = withoutFrozen(network, wishes);
    const sum = new Float64Array(weights.length);
    for (const row of batch.flat()) {
      const own = new Float64Array(weights.length);
      network.gradient(weights, exampleOf(data, row), data.labels[row]!, own);
      freeze(own);
      change(own, privacy, given);
      own.forEach((g, i) => (sum[i]! += g));
    }
    return sum;
  };

const length = (vector: Float64Array): number => Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));

/** The reference with another factor for each example; what is not finite counts as 0. */
export const sumOfClipped = (
  factorOf: (norm: number, clipNorm: number, gradient: Float64Array) => number,
): (() => LocalTrainer) =>
  clipping(
    sumOverExamples((gradient, { clipNorm }) => {
      const norm = length(gradient);
      const factor = norm < 1e39 ? factorOf(norm || 1, clipNorm, gradient) : 0;
      gradient.forEach((g, i) => (gradient[i] = factor > 0 ? g * factor : 0));
    }),
  );

/** The checks of layers, all of which clip examples too. */
const everyLayer = [
  'conv1d: valid and same, with strides, with and without a bias',
  'conv2d: valid and same, with strides, with and without a bias',
  'max pooling sends the gradient to the largest value',
  'average pooling shares the gradient out',
  'group norm normalises each example in groups of channels',
  'scale multiplies by a constant, also behind layers that are trained',
  'flatten keeps the order of values',
];

/** What is clipped. */
export const brokenClipping: Record<string, Broken<LocalTrainer>> = {
  'clips the mean of a batch, not its examples': {
    create: clipping((privacy, ...given) => {
      const mean = sumOverExamples(() => undefined)(privacy, ...given).map((g) => g / given[3].length);
      clip(mean, privacy.clipNorm);
      return mean.map((g) => g * given[3].length);
    }),
    fails: [
      'one record more moves the sum of a step by the clip norm at most',
      'one record changed moves the sum of a step by twice the clip norm at most',
      'all the records of a patient move the sum by the clip norm at most, or are refused',
      'under dropout one record more moves the sum by the clip norm at most',
      'dropout masks are as secret as the noise',
      ...everyLayer,
      'a frozen tensor counts for nothing in clipping',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'the draws of a step are those of the source at that step',
      'a gradient beyond float32 moves the sum by the clip norm at most',
      'one outlier moves the sum by the clip norm at most',
      'each example is clipped on its own, over all tensors together',
      'an example without a gradient is no NaN',
      'several private steps are each clipped at the weights that they start from',
      'the patient as the unit is honoured or refused',
      'the weight of a class scales a gradient before it is clipped',
      'each example is augmented by itself, and then clipped',
      'what is drawn for augmentation is as secret as the noise',
    ],
  },

  'clips nothing': {
    create: clipping(sumOverExamples(() => undefined)),
    fails: [
      'one record more moves the sum of a step by the clip norm at most',
      'a record alone in its batch moves the sum from 0 by the clip norm at most',
      'one record changed moves the sum of a step by twice the clip norm at most',
      'all the records of a patient move the sum by the clip norm at most, or are refused',
      'under dropout one record more moves the sum by the clip norm at most',
      'dropout masks are as secret as the noise',
      ...everyLayer,
      'a frozen tensor counts for nothing in clipping',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'the draws of a step are those of the source at that step',
      'a gradient beyond float32 moves the sum by the clip norm at most',
      'one outlier moves the sum by the clip norm at most',
      'each example is clipped on its own, over all tensors together',
      'an example without a gradient is no NaN',
      'several private steps are each clipped at the weights that they start from',
      'the patient as the unit is honoured or refused',
      'the weight of a class scales a gradient before it is clipped',
      'each example is augmented by itself, and then clipped',
      'what is drawn for augmentation is as secret as the noise',
    ],
  },

  'clips each tensor on its own': {
    create: clipping(
      sumOverExamples((gradient, { clipNorm }, [network]) => {
        for (const { offset, size } of network.layout.tensors) clip(gradient.subarray(offset, offset + size), clipNorm);
      }),
    ),
    fails: [
      'one record more moves the sum of a step by the clip norm at most',
      'a record alone in its batch moves the sum from 0 by the clip norm at most',
      'all the records of a patient move the sum by the clip norm at most, or are refused',
      'under dropout one record more moves the sum by the clip norm at most',
      'dropout masks are as secret as the noise',
      ...everyLayer,
      'a frozen tensor counts for nothing in clipping',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'the draws of a step are those of the source at that step',
      'one outlier moves the sum by the clip norm at most',
      'each example is clipped on its own, over all tensors together',
      'several private steps are each clipped at the weights that they start from',
      'the patient as the unit is honoured or refused',
      'the weight of a class scales a gradient before it is clipped',
      'each example is augmented by itself, and then clipped',
      'what is drawn for augmentation is as secret as the noise',
    ],
  },

  'clips each value on its own': {
    create: clipping(
      sumOverExamples((gradient, { clipNorm }) =>
        gradient.forEach((g, i) => (gradient[i] = Math.max(-clipNorm, Math.min(clipNorm, g)))),
      ),
    ),
    fails: [
      'one record more moves the sum of a step by the clip norm at most',
      'a record alone in its batch moves the sum from 0 by the clip norm at most',
      'one record changed moves the sum of a step by twice the clip norm at most',
      'all the records of a patient move the sum by the clip norm at most, or are refused',
      'under dropout one record more moves the sum by the clip norm at most',
      'dropout masks are as secret as the noise',
      ...everyLayer,
      'a frozen tensor counts for nothing in clipping',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'the draws of a step are those of the source at that step',
      'a gradient beyond float32 moves the sum by the clip norm at most',
      'one outlier moves the sum by the clip norm at most',
      'each example is clipped on its own, over all tensors together',
      'an example without a gradient is no NaN',
      'several private steps are each clipped at the weights that they start from',
      'the patient as the unit is honoured or refused',
      'the weight of a class scales a gradient before it is clipped',
      'each example is augmented by itself, and then clipped',
      'what is drawn for augmentation is as secret as the noise',
    ],
  },

  'clips by the L1 norm': {
    create: clipping(
      sumOverExamples((gradient, { clipNorm }) => {
        const norm = gradient.reduce((sum, g) => sum + Math.abs(g), 0);
        gradient.forEach((g, i) => (gradient[i] = g * Math.min(1, clipNorm / (norm || 1))));
      }),
    ),
    fails: [
      'all the records of a patient move the sum by the clip norm at most, or are refused',
      'dropout masks are as secret as the noise',
      ...everyLayer,
      'a frozen tensor counts for nothing in clipping',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'the draws of a step are those of the source at that step',
      'one outlier moves the sum by the clip norm at most',
      'each example is clipped on its own, over all tensors together',
      'an example without a gradient is no NaN',
      'several private steps are each clipped at the weights that they start from',
      'the patient as the unit is honoured or refused',
      'the weight of a class scales a gradient before it is clipped',
      'each example is augmented by itself, and then clipped',
      'what is drawn for augmentation is as secret as the noise',
    ],
  },

  'makes small gradients as long as the clip norm': {
    create: clipping(
      sumOverExamples((gradient, { clipNorm }) => {
        const norm = length(gradient) || 1;
        gradient.forEach((g, i) => (gradient[i] = (g * clipNorm) / norm));
      }),
    ),
    fails: [
      'one record more moves the sum of a step by the clip norm at most',
      'a record alone in its batch moves the sum from 0 by the clip norm at most',
      'all the records of a patient move the sum by the clip norm at most, or are refused',
      'under dropout one record more moves the sum by the clip norm at most',
      'dropout masks are as secret as the noise',
      ...everyLayer,
      'a frozen tensor counts for nothing in clipping',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'each example is clipped on its own, over all tensors together',
      'a gradient below the clip norm is left as it is',
      'several private steps are each clipped at the weights that they start from',
      'the patient as the unit is honoured or refused',
      'the weight of a class scales a gradient before it is clipped',
      'each example is augmented by itself, and then clipped',
      'what is drawn for augmentation is as secret as the noise',
    ],
  },

  'divides by the norm of a gradient of zero': {
    create: clipping(
      sumOverExamples((gradient, { clipNorm }) => {
        const norm = length(gradient);
        gradient.forEach((g, i) => (gradient[i] = (g / norm) * Math.min(norm, clipNorm)));
      }),
    ),
    fails: [
      'one record more moves the sum of a step by the clip norm at most',
      'a record alone in its batch moves the sum from 0 by the clip norm at most',
      'one record changed moves the sum of a step by twice the clip norm at most',
      'all the records of a patient move the sum by the clip norm at most, or are refused',
      'under dropout one record more moves the sum by the clip norm at most',
      'dropout masks are as secret as the noise',
      'dropout has the words of its step and layer, row by row',
      'an example without a gradient is no NaN',
      'the patient as the unit is honoured or refused',
      'the weight of a class scales a gradient before it is clipped',
      'each example is augmented by itself, and then clipped',
      'what is drawn for augmentation is as secret as the noise',
    ],
  },

  'clips by the norms at the first step': {
    create: () => {
      const scales = new Map<string, number>();
      return clipping(
        sumOverExamples((gradient, { clipNorm }, [, , data]) => {
          const key = `${data.count} ${scales.size % data.count}`;
          const scale = scales.get(key) ?? Math.min(1, clipNorm / (length(gradient) || 1));
          scales.set(key, scale);
          gradient.forEach((g, i) => (gradient[i] = g * scale));
        }),
      )();
    },
    fails: [
      'one record more moves the sum of a step by the clip norm at most',
      'a record alone in its batch moves the sum from 0 by the clip norm at most',
      'all the records of a patient move the sum by the clip norm at most, or are refused',
      'under dropout one record more moves the sum by the clip norm at most',
      'dropout masks are as secret as the noise',
      'the same seeds give the same bits',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'several private steps are each clipped at the weights that they start from',
      'the patient as the unit is honoured or refused',
      'the weight of a class scales a gradient before it is clipped',
      'each example is augmented by itself, and then clipped',
      'what is drawn for augmentation is as secret as the noise',
    ],
  },

  'divides a private sum by the size of its batch': {
    create: withGradient(({ gradient, loss }, _network, _weights, _data, batch, { plan, gradientPrivacy }) => {
      const { batches } = plan.training;
      const size = batches.kind === 'poisson' && gradientPrivacy && batch.length > 0 ? batch.length : undefined;
      return {
        gradient: gradient.map((g) => (size ? (g * (batches as { expectedSize: number }).expectedSize) / size : g)),
        loss,
      };
    }),
    fails: [
      'one record more moves the sum of a step by the clip norm at most',
      'a record alone in its batch moves the sum from 0 by the clip norm at most',
      'one record changed moves the sum of a step by twice the clip norm at most',
      'all the records of a patient move the sum by the clip norm at most, or are refused',
      'under dropout one record more moves the sum by the clip norm at most',
      'a frozen tensor counts for nothing in clipping',
      'dropout has the words of its step and layer, row by row',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'the draws of a step are those of the source at that step',
      'one outlier moves the sum by the clip norm at most',
      'each example is clipped on its own, over all tensors together',
      'a gradient below the clip norm is left as it is',
      'an example without a gradient is no NaN',
      'several private steps are each clipped at the weights that they start from',
      'the patient as the unit is honoured or refused',
      'the noise on the sum has the deviation z C, and is divided by the expected size',
      'the weight of a class scales a gradient before it is clipped',
      'each example is augmented by itself, and then clipped',
    ],
  },

  'clips examples where the mean was to be clipped': {
    create: withParts({
      batchGradient(network, weights, data, batch, context, dropout, record) {
        const { gradientPrivacy } = context;
        return batchGradient(
          network,
          weights,
          data,
          batch,
          gradientPrivacy ? { ...context, gradientPrivacy: { ...gradientPrivacy, clip: 'per-example' } } : context,
          dropout,
          record,
        );
      },
    }),
    fails: [
      'it tells the clipping and the noise of means that every step carried out',
      'a frozen tensor counts for nothing in clipping',
      'a seeded source gives the same sampling and noise, by its key or draw by draw',
      'batch-mean clips the mean of a batch, not its examples',
    ],
  },

  'stumbles over patients': {
    create: inContext(({ plan }) => {
      if (plan.privacy?.unit === 'patient') throw new TypeError('rows of undefined');
      return {};
    }),
    fails: [
      'all the records of a patient move the sum by the clip norm at most, or are refused',
      'the patient as the unit is honoured or refused',
      'each example is augmented by itself, and then clipped',
    ],
  },

  'takes a patient for a record': {
    create: inContext(({ plan }) => ({
      plan: plan.privacy ? { ...plan, privacy: { ...plan.privacy, unit: 'record' } } : plan,
    })),
    fails: [
      'all the records of a patient move the sum by the clip norm at most, or are refused',
      'the patient as the unit is honoured or refused',
      'each example is augmented by itself, and then clipped',
    ],
  },
};
