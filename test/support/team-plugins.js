// What a team of its own has: an aggregator, a mechanism and a trainer. Written as a team would, with core and zod alone.
import { addMean, composeAggregator, createParameters, definePlugin } from '@fedward/core';
import * as z from 'zod';

/** The mean of each number without the largest and the smallest of them (Yin et al. 2018). */
const trimmed = definePlugin({
  kind: 'aggregator',
  name: 'trimmed',
  summary: 'the mean of each number without the largest and the smallest',
  options: z.strictObject({ trim: z.int().min(0).describe('left out at each end') }),
  create: ({ trim }) =>
    composeAggregator({
      name: 'trimmed',
      requires: ['individual-updates'],
      provides: [],
      optimizer: addMean,
      reduce: ({ layout }) => {
        const updates = [];
        return {
          add: ({ payload }) => void updates.push(payload.values),
          finish: () => {
            const kept = Math.max(1, updates.length - 2 * trim);
            const middle = (i) => {
              const sorted = updates.map((values) => values[i]).sort((a, b) => a - b);
              return sorted.slice(trim, trim + kept).reduce((sum, x) => sum + x, 0);
            };
            const payload = Float64Array.from({ length: layout.size }, (_, i) => middle(i));
            return { layout, payload, divisor: kept, count: updates.length };
          },
        };
      },
    }),
});

/** Clips a hospital's update and adds noise, there. Replacing its data moves what it sends by two clip norms. */
const muted = definePlugin({
  kind: 'mechanism',
  name: 'muted',
  summary: 'a clipped update with noise, at the hospital',
  options: z.strictObject({ norm: z.number().positive(), noise: z.number().min(0) }),
  create: ({ norm, noise }) => ({
    name: 'muted',
    requires: [],
    adjacency: 'replace-one',
    onClient(update, { noise: source }) {
      const length = Math.hypot(...update.payload.values);
      const values = update.payload.values.map((x) => x * Math.min(1, norm / length));
      source.addGaussian(values, 2 * norm * noise);
      return { ...update, payload: { ...update.payload, values } };
    },
    event: () => ({ type: 'gaussian', noiseMultiplier: noise }),
  }),
  draft: {
    unit: 'hospital',
    accountant: 'rdp',
    options: ({ clipNorm, noiseMultiplier }) => ({ norm: clipNorm, noise: noiseMultiplier }),
  },
});

/** Moves each weight towards the mean of the features: nothing that anybody wants, and it can be told from all others. */
const lazy = definePlugin({
  kind: 'trainer',
  name: 'lazy',
  summary: 'moves weights a little',
  options: z.strictObject({}),
  create: () => ({
    name: 'lazy',
    provides: [],
    describe: async () => 'lazy, of a team',
    async train({ layout, values }, data) {
      const mean = data.features.reduce((sum, x) => sum + x, 0) / data.features.length;
      const moved = values.map((x, i) => x + (mean - x) / (i + 2));
      return { payload: createParameters(layout, moved), steps: 1, metrics: { loss: mean }, applied: {} };
    },
    predict: async (_model, { values }, data) => new Float32Array(2 * data.count).map((_, i) => values[i % 2]),
  }),
});

export const plugins = [trimmed, muted, lazy];
