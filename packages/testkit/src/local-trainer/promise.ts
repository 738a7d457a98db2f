import assert from 'node:assert/strict';
import type { Applied, GradientPrivacy, TrainingWishes } from '@fedward/core';
import { assertNames, assertSame, refuses } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import {
  blobs,
  constantUniform,
  everyone,
  fullBatch,
  linear,
  planFor,
  poisson,
  startOf,
  train,
  type Create,
} from './problems.js';

/** That a trainer says what it did in every step, and no more; the site rests on it. See `Trained.applied` in core. */
export function promiseChecks(create: Create): Checks {
  const [model, data] = [linear(4, 3), blobs(9, 4, 3)];
  const perExample: GradientPrivacy = { clip: 'per-example', clipNorm: 0.7, noiseMultiplier: 1.3 };
  const batchMean: GradientPrivacy = { clip: 'batch-mean', clipNorm: 0.3, noiseMultiplier: 0.4 };
  const sampled = planFor(model, poisson(0.5, 5, 3));
  const shuffled = planFor(model, { kind: 'shuffle', size: 4, epochs: 2 });
  const [kernel, bias] = startOf(model).layout.tensors.map(({ name }) => name) as [string, string];
  const correction = new Float32Array(startOf(model).layout.size).fill(0.1);
  /** What is wished, and what `applied` must say then. */
  const wishes: readonly (readonly [TrainingWishes, Applied])[] = [
    [{ proximalMu: 0.5 }, { proximalMu: 0.5 }],
    [{ frozen: [bias] }, { frozen: [bias] }],
    [{ correction }, { correction: true }],
    [{ privateTensors: { [bias]: null, [kernel]: null } }, { privateTensors: [kernel, bias] }],
    [
      { proximalMu: 0.5, frozen: [bias, kernel], correction, privateTensors: { [bias]: null } },
      { proximalMu: 0.5, frozen: [kernel, bias], correction: true, privateTensors: [bias] },
    ],
  ];
  const under = (gradientPrivacy: GradientPrivacy, plan = sampled, noise = constantUniform(0)) =>
    train(create(), plan, startOf(model), data, { gradientPrivacy, noise });

  return {
    async 'it tells the clipping and the noise of examples that every step carried out'() {
      for (const privacy of [perExample, { ...perExample, noiseMultiplier: 0 }]) {
        assertSame((await under(privacy)).applied, { gradientPrivacy: privacy }, 'what was applied');
        const { applied } = await under(privacy, sampled, constantUniform(0.999));
        assertSame(applied, { gradientPrivacy: privacy }, 'what was applied to empty batches');
        const seeded = await train(create(), sampled, startOf(model), data, { gradientPrivacy: privacy });
        assertSame(seeded.applied, { gradientPrivacy: privacy }, 'what was applied, with a seeded source');
      }
    },

    async 'it tells the clipping and the noise of means that every step carried out'() {
      assertSame((await under(batchMean, shuffled)).applied, { gradientPrivacy: batchMean }, 'what was applied');
      const seeded = await train(create(), shuffled, startOf(model), data, { gradientPrivacy: batchMean });
      assertSame(seeded.applied, { gradientPrivacy: batchMean }, 'what was applied, with a seeded source');
    },

    async 'it tells the wishes that every step carried out, tensors in the order of the layout'() {
      for (const [wish, told] of wishes) {
        const { applied } = await train(create(), shuffled, startOf(model), data, { wishes: wish });
        assertSame(applied, told, `what was applied of the wish for ${Object.keys(wish).join(', ')}`);
      }
    },

    async 'it tells the clipping and the wishes of one training'() {
      const [wish, told] = wishes.at(-1)!;
      const given = { wishes: wish, gradientPrivacy: perExample };
      const { applied } = await train(create(), sampled, startOf(model), data, given);
      assertSame(applied, { ...told, gradientPrivacy: perExample }, 'what was applied');
    },

    async 'it tells of nothing where nothing was asked for'() {
      const nothing = { proximalMu: 0, frozen: [], privateTensors: {} };
      for (const plan of [sampled, shuffled])
        for (const wish of [{}, nothing]) {
          const { applied = {} } = await train(create(), plan, startOf(model), data, { noise: everyone, wishes: wish });
          assertSame(applied, {}, 'what was applied');
        }
    },

    'what it provides has names, each once'() {
      const { provides = [] } = create();
      assert.ok(
        provides.every((name) => typeof name === 'string' && name.trim() !== ''),
        'it provides what has no name',
      );
      assert.equal(new Set(provides).size, provides.length, 'it provides something twice');
    },

    async 'clip norms and noise that float32 can not hold to are refused by name'() {
      for (const clipNorm of [1e-45, 1e-39, 1e39, 0, -1, Number.NaN, Number.POSITIVE_INFINITY])
        for (const [privacy, plan] of [
          [perExample, sampled],
          [batchMean, shuffled],
        ] as const)
          await refusesNumber('clipNorm', { ...privacy, clipNorm }, plan);
      for (const noiseMultiplier of [1e-45, 1e39, -1, Number.NaN])
        await refusesNumber('noiseMultiplier', { ...perExample, noiseMultiplier }, sampled);
    },

    async 'a batch size beyond the data is all of the data'() {
      const moved = async (size: number) =>
        (await train(create(), planFor(model, { kind: 'shuffle', size, epochs: 2 }), startOf(model), data)).payload;
      const expected = await train(create(), planFor(model, fullBatch(9, 2)), startOf(model), data);
      for (const size of [10, 2 ** 16, 2 ** 31 - 1])
        assertSame((await moved(size)).values, expected.payload.values, `the weights, with batches of ${size}`);
    },
  };

  async function refusesNumber(key: string, privacy: GradientPrivacy, plan: typeof sampled): Promise<void> {
    const what = `${key} ${String(privacy[key as 'clipNorm'])}`;
    const error = await refuses(['CONFIG_INCOMPATIBLE', 'CONFIG_INVALID'], what, () => under(privacy, plan));
    assertNames(error, key);
  }
}
