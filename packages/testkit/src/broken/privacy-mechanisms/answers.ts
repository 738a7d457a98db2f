import { parseQueryPlan, type PrivacyMechanism } from '@fedward/core';
import type { Broken } from '../expect.js';
import { noiseMultiplier } from './reference.js';

/** A plan that asks a query, and what the query says that one unit moves. */
export const queryPlan = parseQueryPlan({
  ...{ schemaVersion: 1, name: 'counts', seed: 1, rounds: 2 },
  ...{ aggregator: { name: 'sums' }, query: { name: 'counts' } },
  privacy: { mechanisms: [{ name: 'noisy-answers' }], accountant: 'compliance', delta: 1e-6 },
});
export const saidByTheQuery = 3;

/** A correct Gaussian mechanism for answers, as small as it can be: the bound is the query's. */
export function referenceAnswers(): PrivacyMechanism {
  return {
    name: 'noisy-answers',
    requires: ['bounded-answers'],
    adjacency: 'add-or-remove-one',
    event: () => ({ type: 'gaussian', noiseMultiplier }),
    onClient(update, { noise, sensitivity }) {
      const { layout } = update.payload;
      const values = Float64Array.from(update.payload.values);
      noise.addGaussian(values, noiseMultiplier * sensitivity!);
      return { ...update, payload: { layout, values } };
    },
  };
}

const answers =
  (change: (reference: PrivacyMechanism) => Partial<PrivacyMechanism>): (() => PrivacyMechanism) =>
  () => ({ ...referenceAnswers(), ...change(referenceAnswers()) });

/** Noise on what queries answer. */
export const brokenAnswers: Record<string, Broken<PrivacyMechanism>> = {
  'has noise of one size, whatever the query says': {
    create: answers(({ onClient }) => ({
      onClient: (update, context) => onClient!(update, { ...context, sensitivity: saidByTheQuery }),
    })),
    fails: ['its noise goes with the sensitivity that the query says'],
  },

  'leaves the bound to the query, and does not say so': {
    create: answers(() => ({ requires: [] })),
    fails: ['no update moves what the noise is added to by more than the sensitivity'],
  },

  'answers in float32, and does not say so': {
    create: answers(({ onClient }) => ({
      async onClient(update, context) {
        const { payload, ...rest } = await onClient!(update, context);
        return { ...rest, payload: { layout: payload.layout, values: Float32Array.from(payload.values) } };
      },
    })),
    fails: ['onClient keeps whose update it is, its round and its layout'],
  },
};
