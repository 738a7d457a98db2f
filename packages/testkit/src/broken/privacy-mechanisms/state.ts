import type { PrivacyMechanism, State } from '@fedward/core';
import type { Broken } from '../expect.js';
import { clipNorm, noiseMultiplier, referenceCentral } from './reference.js';

type Sums = { readonly total: Float64Array };

/** Adds to each release what it released before: it means nothing, but it has to be remembered. */
export function referenceRemembering(): PrivacyMechanism {
  return {
    ...referenceCentral(),
    init: () => ({ total: new Float64Array(0) }),
    instruct: ({ state }) => ({ values: (state as Sums).total.length }),
    onRelease({ payload, ...aggregate }, { noise, state }) {
      const released = payload.slice();
      noise.addGaussian(released, noiseMultiplier * clipNorm);
      const { total } = state as Sums;
      released.forEach((_, i) => (released[i]! += total[i] ?? 0));
      return { ...aggregate, payload: released, state: { total: released.slice() } };
    },
  };
}

const remembering =
  (change: (reference: PrivacyMechanism) => Partial<PrivacyMechanism>): (() => PrivacyMechanism) =>
  () => ({ ...referenceRemembering(), ...change(referenceRemembering()) });

let processes = 0;

/** What a mechanism remembers. */
export const brokenStates: Record<string, Broken<PrivacyMechanism>> = {
  'remembers what is no data': {
    create: remembering(() => ({ init: () => ({ total: new Map() as unknown as State }) })),
    fails: [
      'what it remembers is data, and at first the same for all',
      'a run goes on with the same bits from what was written down',
    ],
  },

  'begins otherwise in each process': {
    create: () => {
      const first = processes++;
      return remembering(() => ({ init: () => ({ total: new Float64Array(first) }) }))();
    },
    fails: ['what it remembers is data, and at first the same for all'],
  },

  'writes into what it remembers': {
    create: remembering(({ onRelease }) => ({
      async onRelease(aggregate, context) {
        const released = await onRelease!(aggregate, context);
        (context.state as Sums).total.fill(0);
        return released;
      },
    })),
    fails: ['what it is given to remember is left as it was'],
  },

  'remembers beside its state': {
    create: remembering(({ onRelease }) => {
      let rounds = 0;
      return {
        async onRelease(aggregate, context) {
          const released = await onRelease!(aggregate, context);
          const extra = context.round > 0 ? rounds : 0;
          rounds++;
          return { ...released, payload: released.payload.map((x) => x + extra) };
        },
      };
    }),
    fails: ['a run goes on with the same bits from what was written down'],
  },

  'tells something else each time': {
    create: remembering(() => {
      let asked = 0;
      return { instruct: () => ({ asked: asked++ }) };
    }),
    fails: [
      'what it tells the sites is data, and the same when asked again',
      'a run goes on with the same bits from what was written down',
    ],
  },
};
