import assert from 'node:assert/strict';
import { Random, SeededNoise, type ClientContext, type GradientPrivacy } from '@fedward/core';
import { assertAllClose, assertDiffers } from '../support/assertions.js';
import { assertGaussian } from '../support/statistics.js';
import type { Checks } from '../suite.js';
import {
  blobs,
  constantUniform,
  everyone,
  fullBatch,
  linear,
  movement,
  planFor,
  poisson,
  startOf,
  train,
  type Batches,
  type Create,
} from './problems.js';

const [clipNorm, noiseMultiplier, expectedSize] = [0.8, 1.7, 5];
const dpSgd: GradientPrivacy = { clip: 'per-example', clipNorm, noiseMultiplier };
const deviation = (noiseMultiplier * clipNorm) / expectedSize;

/** The noise of private steps, at a deviation that is neither 0 nor 1, on a model of 3,006 values. */
export function noiseChecks(create: Create): Checks {
  const model = linear(500, 6);
  const data = blobs(12, 500, 6);
  const start = startOf(model, 0.01);
  const move = async (batches: Batches, overrides: Partial<ClientContext>): Promise<Float64Array> =>
    movement(await train(create(), planFor(model, batches), start, data, overrides), start);
  /** What noise has added to one step: the step with it, less the same step without. */
  const added = async (batches: Batches, gradientPrivacy: GradientPrivacy) => {
    const withNoise = await move(batches, { noise: constantUniform(0), gradientPrivacy });
    const without = await move(batches, { noise: everyone, gradientPrivacy });
    return withNoise.map((x, i) => x - without[i]!);
  };
  /** No record is in a Poisson batch; seeded noise, from its start. */
  const nobody = () => constantUniform(0.9999);

  return {
    async 'the noise on the sum has the deviation z C, and is divided by the expected size'() {
      assertGaussian(await added(poisson(0.5, expectedSize), dpSgd), deviation, 'the noise of one step');
    },

    async 'noise is added to an empty batch too'() {
      const moved = await move(poisson(0.5, expectedSize), { noise: nobody(), gradientPrivacy: dpSgd });
      assertGaussian(moved, deviation, 'the step of an empty batch');
    },

    async 'every step has noise of its own'() {
      const steps = 5;
      const moved = await move(poisson(0.5, expectedSize, steps), { noise: nobody(), gradientPrivacy: dpSgd });
      assertGaussian(moved, deviation * Math.sqrt(steps), 'the sum of five steps on empty batches');
    },

    async 'every value of every tensor gets noise'() {
      const moved = await move(poisson(0.5, expectedSize), { noise: nobody(), gradientPrivacy: dpSgd });
      for (const { name, offset, size } of start.layout.tensors) {
        const still = moved.subarray(offset, offset + size).filter((x) => x === 0).length;
        assert.equal(still, 0, `${still} values of ${name} got no noise`);
      }
    },

    async 'privacy noise comes from the secret source alone'() {
      const batches = poisson(0.5, expectedSize);
      const one = (random: string, secret: string) =>
        move(batches, {
          random: new Random(random),
          noise: new SeededNoise(new Random(secret)),
          gradientPrivacy: dpSgd,
        });
      const first = await one('a', 'a');
      assertAllClose(await one('b', 'a'), first, 'the step, with another stream for shuffling', { absolute: 1e-5 });
      assertDiffers(await one('a', 'b'), first, 'another noise source has given the same step');
    },

    async 'the noise of batch-mean has the deviation z C over the size of the batch'() {
      const noise = await added(fullBatch(data.count), { ...dpSgd, clip: 'batch-mean' });
      assertGaussian(noise, (noiseMultiplier * clipNorm) / data.count, 'the noise on the mean of 12');
    },

    async 'without a mechanism that asks for it, no noise is added'() {
      const quiet = await move(poisson(0.5, expectedSize), { noise: constantUniform(0) });
      assertAllClose(quiet, await move(poisson(0.5, expectedSize), { noise: everyone }), 'the step', {
        absolute: 1e-6,
      });
    },
  };
}
