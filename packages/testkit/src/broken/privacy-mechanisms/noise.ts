import { createParameters, type Aggregate, type PrivacyMechanism, type Update } from '@fedward/core';
import type { Broken } from '../expect.js';
import { unrepeated } from '../unrepeated.js';
import { central, clip, clipNorm, clipped, noiseMultiplier } from './reference.js';

const noisy = (aggregate: Aggregate, add: (payload: Float64Array) => void): Aggregate => {
  const payload = aggregate.payload.slice();
  add(payload);
  return { ...aggregate, payload };
};

/** Clipped, and counted once. */
const clippedOnce = (update: Update): Update => ({ ...clipped(update), weight: 1 });

/** Releases that are not what was to be released. */
const misreleased: Record<string, (released: Aggregate) => Partial<Aggregate>> = {
  'releases float32': ({ payload }) => ({ payload: Float32Array.from(payload) as unknown as Float64Array }),
  'drops a value from the sum': ({ payload }) => ({ payload: payload.slice(1) }),
  'gives NaN': ({ payload }) => ({ payload: payload.with(0, Number.NaN) }),
  'counts itself as an update': ({ count }) => ({ count: count + 1 }),
};

/** What noise is added to a sum. */
export const brokenNoise: Record<string, Broken<PrivacyMechanism>> = {
  'passes the variance for the deviation': {
    create: central(() => ({
      onRelease: (a, { noise }) => noisy(a, (payload) => noise.addGaussian(payload, (noiseMultiplier * clipNorm) ** 2)),
    })),
    fails: ['the noise that the event states is added'],
  },

  'forgets the clip norm in the noise': {
    create: central(() => ({
      onRelease: (a, { noise }) => noisy(a, (payload) => noise.addGaussian(payload, noiseMultiplier)),
    })),
    fails: ['the noise that the event states is added'],
  },

  'adds no noise': {
    create: central(() => ({ onRelease: (a) => a })),
    fails: ['the noise that the event states is added'],
  },

  'adds uniform noise of the right deviation': {
    create: central(() => ({
      onRelease: (a, { noise }) =>
        noisy(a, (payload) =>
          payload.forEach((x, i) => {
            payload[i] = x + Math.sqrt(12) * noiseMultiplier * clipNorm * (noise.uniform() - 0.5);
          }),
        ),
    })),
    fails: ['the noise that the event states is added'],
  },

  'adds one draw to all values': {
    create: central(() => ({
      onRelease: (a, { noise }) =>
        noisy(a, (payload) => {
          const draw = new Float64Array(1);
          noise.addGaussian(draw, noiseMultiplier * clipNorm);
          payload.forEach((x, i) => (payload[i] = x + draw[0]!));
        }),
    })),
    fails: ['the noise that the event states is added', 'every release has noise of its own'],
  },

  'adds noise around a mean that is not zero': {
    create: central(({ onRelease }) => ({
      onRelease: async (a, c) =>
        noisy(await onRelease!(a, c), (payload) => payload.forEach((x, i) => (payload[i] = x + 0.5))),
    })),
    fails: [
      'onRelease draws from the noise source of its context alone',
      'onRelease adds noise to the undivided sum, and nothing else',
      'the noise that the event states is added',
    ],
  },

  'draws from Math.random': {
    create: central(() => ({
      onRelease: (a) =>
        noisy(a, (payload) =>
          payload.forEach((x, i) => {
            const normal = Math.sqrt(-2 * Math.log(1 - unrepeated())) * Math.cos(2 * Math.PI * unrepeated());
            payload[i] = x + noiseMultiplier * clipNorm * normal;
          }),
        ),
    })),
    fails: [
      'onRelease draws from the noise source of its context alone',
      'onRelease adds noise to the undivided sum, and nothing else',
    ],
  },

  'adds the noise of its first release to every release': {
    create: central(() => {
      const kept = new Map<number, Float64Array>();
      return {
        onRelease: (a, { noise }) =>
          noisy(a, (payload) => {
            const draws = kept.get(payload.length) ?? new Float64Array(payload.length);
            if (!kept.has(payload.length)) noise.addGaussian(draws, noiseMultiplier * clipNorm);
            kept.set(payload.length, draws);
            payload.forEach((x, i) => (payload[i] = x + draws[i]!));
          }),
      };
    }),
    fails: ['onRelease draws from the noise source of its context alone', 'every release has noise of its own'],
  },

  'adds noise to the aggregate that it is given': {
    create: central(() => ({
      onRelease(aggregate, { noise }) {
        noise.addGaussian(aggregate.payload, noiseMultiplier * clipNorm);
        return aggregate;
      },
    })),
    fails: ['onRelease leaves the aggregate that it is given as it was'],
  },

  'adds noise, and does not clip': {
    create: central(() => ({ onClient: (update) => update, onReceive: (update) => update })),
    fails: ['no update moves what the noise is added to by more than the sensitivity'],
  },

  'clips each value, and not the update': {
    create: central(() => {
      const each = (update: Update): Update => {
        const { layout, values } = update.payload;
        return {
          ...update,
          payload: { layout, values: values.map((x) => Math.max(-clipNorm, Math.min(clipNorm, x))) },
        };
      };
      return { onClient: each, onReceive: each };
    }),
    fails: ['no update moves what the noise is added to by more than the sensitivity'],
  },

  'counts an update by how large it is': {
    create: central(({ onReceive }) => ({
      onReceive: (update, context) => ({
        ...onReceive!(update, context),
        weight: 1 + Math.hypot(...update.payload.values),
      }),
    })),
    fails: ['no update moves what the noise is added to by more than the sensitivity'],
  },

  'clips as if one more or less were one replaced': {
    create: central(() => ({ adjacency: 'replace-one', onClient: clippedOnce, onReceive: clippedOnce })),
    fails: ['no update moves what the noise is added to by more than the sensitivity'],
  },

  'divides before the noise': {
    create: central(({ onRelease }) => ({
      onRelease: (a, c) => onRelease!({ ...a, payload: a.payload.map((x) => x / a.divisor), divisor: 1 }, c),
    })),
    fails: ['onRelease adds noise to the undivided sum, and nothing else'],
  },

  'divides by a count that is nobody else to know': {
    create: central(({ onRelease }) => ({
      onRelease: async (a, c) => ({ ...(await onRelease!(a, c)), divisor: a.count + 1 }),
    })),
    fails: ['onRelease keeps the size and the count, and divides by weights, count or a constant'],
  },

  'adds noise of its own at the site': {
    create: central(() => ({
      onClient(update) {
        const values = clip(update.payload.values).map((x) => x + 1e-3 * (unrepeated() - 0.5));
        return { ...update, payload: createParameters(update.payload.layout, values) };
      },
    })),
    fails: [
      'no update moves what the noise is added to by more than the sensitivity',
      'onClient draws from the noise source of its context alone',
      'the noise that the event states is added',
    ],
  },

  ...Object.fromEntries(
    Object.entries(misreleased).map(([name, change]): [string, Broken<PrivacyMechanism>] => [
      name,
      {
        create: central(({ onRelease }) => ({
          async onRelease(...given) {
            const released = await onRelease!(...given);
            // The other checks give zeros, to see the noise alone.
            return given[0].payload.some((x) => x !== 0) ? { ...released, ...change(released) } : released;
          },
        })),
        fails: [
          'onRelease keeps the size and the count, and divides by weights, count or a constant',
          ...(name === 'counts itself as an update'
            ? []
            : ['onRelease adds noise to the undivided sum, and nothing else']),
        ],
      },
    ]),
  ),
};
