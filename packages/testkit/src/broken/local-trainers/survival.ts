import type { LocalTrainer } from '@fedward/core';
import { batchGradient } from '../../reference/gradient.js';
import { createNetwork } from '../../reference/network.js';
import type { Broken } from '../expect.js';
import { training, withParts } from './change.js';

/** The reference on other survival times. */
const withTimes = (change: (time: number, row: number) => number): (() => LocalTrainer) =>
  training((train, payload, data, context, signal) => {
    const isCox = context.plan.model.loss === 'cox';
    return train(payload, isCox ? { ...data, labels: data.labels.map(change) } : data, context, signal);
  });

/** The Cox loss. */
export const brokenSurvival: Record<string, Broken<LocalTrainer>> = {
  'takes the censored for events': {
    create: withTimes((time) => Math.abs(time) || Number.NaN),
    fails: [
      'one step follows the gradient of the Cox partial likelihood, with ties',
      'a Cox risk set is whoever is in the batch',
      'a Cox batch without events moves nothing',
      'a Cox loss of large log hazards is finite',
    ],
  },

  'takes the censored out of all risk sets': {
    // Censored before anything happened, they are in no risk set.
    create: withTimes((time) => (time < 0 ? -1e-3 : time)),
    fails: [
      'one step follows the gradient of the Cox partial likelihood, with ties',
      'a Cox risk set is whoever is in the batch',
      'a Cox loss of large log hazards is finite',
    ],
  },

  'breaks ties by the order of records': {
    create: withTimes((time, row) => time * (1 + row / 1000)),
    fails: [
      'one step follows the gradient of the Cox partial likelihood, with ties',
      'a Cox risk set is whoever is in the batch',
      'a Cox loss of large log hazards is finite',
    ],
  },

  'takes the whole of the data for the risk set': {
    create: withParts({
      batchGradient(network, weights, data, batch, context, dropout, record) {
        const isCox = context.plan.model.loss === 'cox' && batch.length > 0;
        const all = Array.from({ length: data.count }, (_, row) => [row]);
        return batchGradient(network, weights, data, isCox ? all : batch, context, dropout, record);
      },
    }),
    fails: ['a Cox risk set is whoever is in the batch'],
  },

  'moves without an event': {
    create: withParts({
      batchGradient(network, weights, data, batch, context, dropout, record) {
        const made = batchGradient(network, weights, data, batch, context, dropout, record);
        const quiet = context.plan.model.loss === 'cox' && batch.flat().every((row) => data.labels[row]! < 0);
        return quiet ? { ...made, gradient: made.gradient.fill(1e-3) } : made;
      },
    }),
    fails: ['a Cox batch without events moves nothing'],
  },

  'overflows at a log hazard of 80': {
    create: withParts({
      createNetwork(model) {
        const network = createNetwork(model);
        if (model.loss !== 'cox') return network;
        return {
          ...network,
          run(...given) {
            const { outputs, backward } = network.run(...given);
            return { outputs: outputs.map((x) => Math.log(Math.fround(Math.exp(x)))), backward };
          },
        };
      },
    }),
    fails: ['a Cox loss of large log hazards is finite'],
  },

  'takes a time of 0 for an early event': {
    create: withTimes((time) => (Number.isFinite(time) && time !== 0 ? time : 1e-3)),
    fails: ['a survival time of 0 is LABEL_INVALID'],
  },

  'clips examples of the Cox loss': {
    create: withParts({ assertGradientPrivacy: () => undefined }),
    fails: [
      'clip norms and noise that float32 can not hold to are refused by name',
      'clipping example by example is refused for the Cox loss',
      'small-loss selection is refused where gradients are clipped',
    ],
  },
};
