import { Random, type Keystream, type LocalTrainer } from '@fedward/core';
import { stepDropout } from '../../reference/dropout.js';
import { batchGradient } from '../../reference/gradient.js';
import type { Broken } from '../expect.js';
import { unrepeated } from '../unrepeated.js';
import { training, withParts } from './change.js';

const byChance = (): Keystream => ({ key: new Random(unrepeated()).key(), rounds: 8 });

/** What is dropped out. */
export const brokenDropout: Record<string, Broken<LocalTrainer>> = {
  'drops the same out of every example': {
    create: withParts({
      batchGradient: (network, weights, data, batch, context, dropout, record) =>
        batchGradient(network, weights, data, batch, context, () => dropout(0), record),
    }),
    fails: ['dropout draws anew for every example', 'dropout has the words of its step and layer, row by row'],
  },

  'drops out at a third of the rate': {
    create: withParts({
      batchGradient: (network, weights, data, batch, context, dropout, record) =>
        batchGradient(
          network,
          weights,
          data,
          batch,
          context,
          (example) => (layer, rate, size) =>
            dropout(example)(layer, rate / 3, size).map((factor) => factor && 1 / (1 - rate)),
          record,
        ),
    }),
    fails: [
      'dropout follows the seeded stream, and divides what it keeps by 1 - rate',
      'dropout has the words of its step and layer, row by row',
    ],
  },

  'drops out by Math.random': {
    create: withParts({
      batchGradient: (network, weights, data, batch, context, _dropout, record) =>
        batchGradient(network, weights, data, batch, context, stepDropout(byChance(), 0), record),
    }),
    fails: [
      'under dropout one record more moves the sum by the clip norm at most',
      'dropout follows the seeded stream, and divides what it keeps by 1 - rate',
      'dropout has the words of its step and layer, row by row',
    ],
  },

  'drops nothing out': {
    create: withParts({
      batchGradient: (network, weights, data, batch, context, dropout, record) =>
        batchGradient(
          { ...network, run: (w, example) => network.run(w, example) },
          weights,
          data,
          batch,
          context,
          dropout,
          record,
        ),
    }),
    fails: [
      'dropout masks are as secret as the noise',
      'dropout follows the seeded stream, and divides what it keeps by 1 - rate',
      'dropout has the words of its step and layer, row by row',
    ],
  },

  'does not divide what dropout keeps': {
    create: training((train, payload, data, context, signal) => {
      const [first] = context.plan.model.layers;
      const keep = first?.type === 'dropout' ? 1 - first.rate : 1;
      return train(payload, { ...data, features: data.features.map((x) => x * keep) }, context, signal);
    }),
    fails: [
      'dropout follows the seeded stream, and divides what it keeps by 1 - rate',
      'dropout has the words of its step and layer, row by row',
    ],
  },
};
