import { createLayout, createParameters, type Update, type PrivacyMechanism } from '@fedward/core';
import type { Broken } from '../expect.js';
import { central, clip, clipNorm, clipped } from './reference.js';

/** Results that are not in the place of the update that they come from. */
const misplaced: Record<string, (update: Update) => Partial<Update>> = {
  'forgets whose update it is': () => ({ clientId: '' }),
  'moves an update to another round': () => ({ baseRound: 99 }),
  'names the tensors anew': ({ payload }) => {
    const tensors = payload.layout.tensors.map(({ shape }, i) => ({ name: `t${i}`, shape }));
    return { payload: createParameters(createLayout(tensors), clip(payload.values)) };
  },
  'drops the last value': ({ payload }) => ({
    payload: { layout: payload.layout, values: clip(payload.values).subarray(1) },
  }),
  'gives float64': ({ payload }) => ({
    payload: { layout: payload.layout, values: Float64Array.from(clip(payload.values)) },
  }),
};

/** Faults of the hooks that an update passes through, on its way out of a site and at the server. */
export const brokenHooks: Record<string, Broken<PrivacyMechanism>> = Object.fromEntries(
  (['onClient', 'onReceive'] as const).flatMap((hook) => {
    const fault = (name: string, run: (update: Update) => Update, fails: readonly string[]) =>
      [`${name} (${hook})`, { create: central(() => ({ [hook]: run })), fails }] as const;
    return [
      fault(
        'clips the update that it is given',
        (update) => {
          update.payload.values.set(clip(update.payload.values));
          return update;
        },
        [`${hook} leaves the update that it is given as it was`],
      ),
      fault(
        'divides by a norm of zero',
        (update) => {
          const norm = Math.hypot(...update.payload.values);
          const values = Float32Array.from(update.payload.values, (x) => (x / norm) * Math.min(norm, clipNorm));
          return { ...update, payload: createParameters(update.payload.layout, values) };
        },
        [
          `${hook} gives finite values for finite updates`,
          'no update moves what the noise is added to by more than the sensitivity',
          // The noise of a hook at a site is looked at on an update of zeros, which this makes NaN.
          ...(hook === 'onClient'
            ? [
                'onClient draws from the noise source of its context alone',
                'the noise that the event states is added',
                'every release has noise of its own',
              ]
            : []),
        ],
      ),
      fault(
        'tells the norm of an update',
        (update) => ({
          ...clipped(update),
          metrics: { ...update.metrics, norm: Math.hypot(...update.payload.values) },
        }),
        [`${hook} adds no metric`],
      ),
      ...Object.entries(misplaced).map(([name, change]) =>
        fault(name, (update) => ({ ...clipped(update), ...change(update) }), [
          `${hook} keeps whose update it is, its round and its layout`,
        ]),
      ),
      fault('counts an update by nothing', (update) => ({ ...clipped(update), weight: 0 }), [
        `${hook} gives finite values for finite updates`,
      ]),
      fault('takes charges out of the ledger', (update) => ({ ...clipped(update), spent: [] }), [
        `${hook} takes nothing out of what was spent`,
      ]),
      fault('says that seeded noise is secret', (update) => ({ ...clipped(update), simulationOnly: false }), [
        `${hook} takes nothing out of what was spent`,
      ]),
    ];
  }),
);
