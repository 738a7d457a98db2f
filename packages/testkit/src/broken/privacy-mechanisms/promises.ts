import type { PrivacyMechanism } from '@fedward/core';
import type { Broken } from '../expect.js';
import { central, clipNorm, dpSgd, noiseMultiplier, referenceCentral, stepsOf } from './reference.js';

/** What a mechanism with noise at the server says of itself. */
export const brokenPromises: Record<string, Broken<PrivacyMechanism>> = {
  'prices a round by what it saw': {
    create: central(({ onReceive }) => {
      let seen = 0;
      return {
        onReceive(update, context) {
          seen++;
          return onReceive!(update, context);
        },
        event: () => ({ type: 'gaussian', noiseMultiplier: noiseMultiplier * (1 + seen) }),
      };
    }),
    fails: ['an event is known before the round, and the same after it'],
  },

  'prices nothing below zero noise': {
    create: central(() => ({ event: () => ({ type: 'gaussian', noiseMultiplier: -1 }) })),
    fails: ['an event is data that core knows'],
  },

  'gives a reason that is not JSON': {
    create: central(() => ({
      event: () => ({ type: 'repeated', count: 2, event: { type: 'gaussian', noiseMultiplier: Number.NaN } }),
    })),
    fails: ['an event is data that core knows'],
  },

  'has an event, and no adjacency': {
    create: () => {
      const { name, requires, validate, onRelease, event } = referenceCentral();
      return { name, requires, validate: validate!, onRelease: onRelease!, event: event! };
    },
    fails: ['an event comes with the adjacency that it is priced under'],
  },

  'writes its own plan': {
    create: central(() => ({ validate: (plan) => void Object.assign(plan.training, { trainer: 'mine' }) })),
    fails: [
      'the plan that it was made for is accepted, unchanged',
      'a plan under which its promise is not true is refused',
    ],
  },

  'takes any plan': {
    create: central(() => ({ validate: () => undefined })),
    fails: ['a plan under which its promise is not true is refused'],
  },

  'takes away what it needs': {
    create: central(() => ({ removes: ['bounded-sensitivity'] })),
    fails: ['it has a name and known capabilities'],
  },
};

/** What a mechanism with noise in training says of itself. */
export const brokenTrainingPromises: Record<string, Broken<PrivacyMechanism>> = {
  'states more noise than it asks for': {
    create: dpSgd(() => ({ event: ({ plan }) => stepsOf(plan, 2 * noiseMultiplier) })),
    fails: ['an event states no more noise than each step adds'],
  },
  'forgets that a replaced record counts twice': {
    create: dpSgd(() => ({ adjacency: 'replace-one' })),
    fails: ['an event states no more noise than each step adds'],
  },
  'prices a clipped mean as a sum of clipped gradients': {
    create: dpSgd(() => ({ gradient: () => ({ clip: 'batch-mean', clipNorm, noiseMultiplier }) })),
    fails: ['an event states no more noise than each step adds'],
  },
  'prices one step of many': {
    create: dpSgd(() => ({
      event: () => ({
        type: 'poisson-sampled',
        samplingProbability: 0.2,
        event: { type: 'gaussian', noiseMultiplier },
      }),
    })),
    fails: ['an event states every step of training'],
  },
  'claims a smaller sampling probability': {
    create: dpSgd(() => ({ event: ({ plan }) => stepsOf(plan, noiseMultiplier, 0.01) })),
    fails: ['an event claims no sampling that the plan does not do'],
  },
  'asks for something else each time': {
    create: dpSgd(() => {
      let asked = 0;
      return { gradient: () => ({ clip: 'per-example', clipNorm: clipNorm + asked++, noiseMultiplier }) };
    }),
    fails: ['what it asks of a gradient is in range, and always the same'],
  },
  'asks for a clip norm of zero': {
    create: dpSgd(() => ({ gradient: () => ({ clip: 'per-example', clipNorm: 0, noiseMultiplier }) })),
    fails: ['what it asks of a gradient is in range, and always the same'],
  },
  'claims an epsilon of nothing': {
    create: dpSgd(() => ({ claims: { epsilon: 0, delta: 1e-5, note: 'as published' } })),
    fails: ['a claim names an epsilon and a delta'],
  },
};
