import type { GradientPrivacy, PrivacyMechanism } from '@fedward/core';
import type { Broken } from '../expect.js';
import { central, clipNorm, dpSgd, noiseMultiplier, referenceCentral, stepsOf } from './reference.js';

/** Faults that are one member with a wrong value, and that one check is about. */
const each = (
  law: string,
  made: typeof central,
  faults: Record<string, Partial<PrivacyMechanism>>,
): Record<string, Broken<PrivacyMechanism>> =>
  Object.fromEntries(
    Object.entries(faults).map(([name, members]) => [name, { create: made(() => members), fails: [law] }]),
  );

const asking = (changed: Partial<GradientPrivacy>): Partial<PrivacyMechanism> => ({
  gradient: () => ({ clip: 'per-example', clipNorm, noiseMultiplier, ...changed }),
});

let processes = 0;

/** What a mechanism with noise at the server says of itself. */
export const brokenPromises: Record<string, Broken<PrivacyMechanism>> = {
  'does not say that it looks at single updates': {
    create: central(() => ({ requires: ['bounded-sensitivity'] })),
    fails: ['one that looks at single updates says that it needs them'],
  },

  'says no number of bytes': {
    create: central(() => ({ mostCallBytes: Infinity })),
    fails: ['it says in whole bytes how large a call may be, if it does'],
  },

  'promises for a site what the server adds': {
    create: central(() => ({ protects: 'what leaves a site' })),
    fails: ['noise that the server adds is no promise for what leaves a site'],
  },

  'protects what nobody knows': {
    create: central(() => ({ protects: 'everyone' as 'what leaves a site' })),
    fails: ['noise that the server adds is no promise for what leaves a site'],
  },

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

  'prices a round higher each time it is asked': {
    create: central(() => {
      let asked = 0;
      return { event: () => ({ type: 'gaussian', noiseMultiplier: noiseMultiplier / ++asked }) };
    }),
    fails: ['an event is known before the round, and the same after it'],
  },

  'prices a round otherwise in each process': {
    create: () => {
      const price = noiseMultiplier * (1 + 1e-9 * processes++);
      return central(() => ({ event: () => ({ type: 'gaussian', noiseMultiplier: price }) }))();
    },
    fails: ['an event is known before the round, and the same after it'],
  },

  'is priced under an adjacency that nobody knows': {
    create: central(() => ({ adjacency: 'two-hops' as 'replace-one' })),
    fails: ['an event comes with the adjacency that it is priced under'],
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
    fails: [
      'no update moves what the noise is added to by more than the sensitivity',
      'an event comes with the adjacency that it is priced under',
    ],
  },

  'writes its own plan': {
    create: central(() => ({ validate: (plan) => void Object.assign(plan.aggregator, { name: 'mine' }) })),
    fails: [
      'the plan that it was made for is accepted, unchanged',
      'a plan under which its promise is not true is refused',
    ],
  },

  'takes any plan': {
    create: central(() => ({ validate: () => undefined })),
    fails: ['a plan under which its promise is not true is refused'],
  },

  'has nothing to refuse a plan with': {
    create: () => {
      const { name, requires, adjacency, onRelease, event } = referenceCentral();
      return { name, requires, adjacency: adjacency!, onRelease: onRelease!, event: event! };
    },
    fails: [
      'no update moves what the noise is added to by more than the sensitivity',
      'a plan under which its promise is not true is refused',
    ],
  },

  ...each('it has a name and named capabilities', central, {
    'has no name': { name: ' ' },
    'requires what has no name': { requires: ['individual-updates', ' '] },
    'takes something away twice': { removes: ['fresh-updates', 'fresh-updates'] },
    'takes away what it needs': { removes: ['bounded-sensitivity'] },
  }),
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
  'asks for something else in each process': {
    create: () => {
      const noise = noiseMultiplier + processes++;
      return dpSgd(() => ({
        gradient: () => ({ clip: 'per-example', clipNorm, noiseMultiplier: noise }),
      }))();
    },
    fails: ['what it asks of a gradient is in range, and always the same'],
  },

  ...each('what it asks of a gradient is in range, and always the same', dpSgd, {
    'asks for a clip norm of zero': asking({ clipNorm: 0 }),
    'asks for infinite noise': asking({ noiseMultiplier: Number.POSITIVE_INFINITY }),
  }),

  'asks for a clipping that nobody knows': {
    create: dpSgd(() => asking({ clip: 'per-word' as 'per-example' })),
    fails: [
      'what it asks of a gradient is in range, and always the same',
      'an event states no more noise than each step adds',
    ],
  },

  ...each('a claim names an epsilon and a delta', dpSgd, {
    'claims an epsilon of nothing': { claims: { epsilon: 0, delta: 1e-5, note: 'as published' } },
    'claims a delta of one': { claims: { epsilon: 1, delta: 1, note: 'as published' } },
    'does not say who claims': { claims: { epsilon: 1, delta: 1e-5, note: ' ' } },
  }),
};
