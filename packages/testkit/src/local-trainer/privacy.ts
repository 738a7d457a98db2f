import assert from 'node:assert/strict';
import { hasCode, type GradientPrivacy, type TrainingData } from '@fedward/core';
import { assertAllClose } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import {
  blobs,
  everyone,
  fullBatch,
  gradientSum,
  layersFor,
  linear,
  movement,
  planFor,
  poisson,
  sgd,
  spec,
  startOf,
  train,
  type Create,
  type Runs,
} from './problems.js';
import { float32Steps } from './gradients.js';

const clipped = (clip: GradientPrivacy['clip'], clipNorm: number): GradientPrivacy => ({
  clip,
  clipNorm,
  noiseMultiplier: 0,
});

/** What is clipped, with the noise at zero; one step of SGD with learning rate 1, so that the step is the sum. */
export function privacyChecks(create: Create, runs: Runs): Checks {
  const expectedSize = 6;
  const sum = async (
    model: ReturnType<typeof linear>,
    data: TrainingData,
    gradientPrivacy: GradientPrivacy,
  ): Promise<Float64Array> => {
    const start = startOf(model);
    const plan = planFor(model, poisson(0.5, expectedSize));
    const moved = movement(await train(create(), plan, start, data, { noise: everyone, gradientPrivacy }), start);
    return moved.map((x) => -x * expectedSize);
  };

  return {
    async 'one outlier moves the sum by the clip norm at most'() {
      const model = linear(4, 3);
      const data = blobs(9, 4, 3);
      const outlier = {
        ...data,
        features: data.features.map((x, i) => (i < 4 ? 1000 * x : x)),
        labels: data.labels.with(0, 1),
      };
      const clipNorm = 0.25;
      const [without, withOutlier] = [
        await sum(model, rows(outlier, 1, 9), clipped('per-example', clipNorm)),
        await sum(model, outlier, clipped('per-example', clipNorm)),
      ];
      const moved = Math.hypot(...withOutlier.map((x, i) => x - without[i]!));
      assert.ok(moved <= clipNorm * 1.001, `the sum moved by ${moved}, the clip norm is ${clipNorm}`);
      const length = Math.hypot(...withOutlier);
      assert.ok(length <= 9 * clipNorm * 1.001, `the sum of 9 clipped gradients has the norm ${length}`);
      const expected = gradientSum(model, startOf(model).values, outlier, clipNorm).sum;
      assertAllClose(withOutlier, expected, 'the sum of clipped gradients', float32Steps);
    },

    async 'a gradient beyond float32 moves the sum by the clip norm at most'() {
      const model = linear(4, 3);
      const data = blobs(9, 4, 3);
      const overflowing = { ...data, features: data.features.map((x, i) => (i < 4 ? 3e38 * Math.sign(x) : x)) };
      const clipNorm = 0.25;
      const [without, withOverflow] = [
        await sum(model, rows(overflowing, 1, 9), clipped('per-example', clipNorm)),
        await sum(model, overflowing, clipped('per-example', clipNorm)),
      ];
      const moved = Math.hypot(...withOverflow.map((x, i) => x - without[i]!));
      assert.ok(moved <= clipNorm * 1.001, `the sum moved by ${moved}, the clip norm is ${clipNorm}`);
    },

    async 'each example is clipped on its own, over all tensors together'() {
      const [model, data] = [layersFor(runs, 4), blobs(9, 4, 3)];
      const norms = Array.from({ length: 9 }, (_, row) =>
        Math.hypot(...gradientSum(model, startOf(model).values, rows(data, row, row + 1)).sum),
      ).toSorted((a, b) => a - b);
      const clipNorm = norms[4]!; // some are above it, some below
      const expected = gradientSum(model, startOf(model).values, data, clipNorm).sum;
      const found = await sum(model, data, clipped('per-example', clipNorm));
      assertAllClose(found, expected, 'the sum of clipped gradients', float32Steps);
    },

    async 'a gradient below the clip norm is left as it is'() {
      const [model, data] = [layersFor(runs, 4), blobs(9, 4, 3)];
      const expected = gradientSum(model, startOf(model).values, data).sum;
      assertAllClose(
        await sum(model, data, clipped('per-example', 1e4)),
        expected,
        'the sum of gradients',
        float32Steps,
      );
    },

    async 'an example without a gradient is no NaN'() {
      const model = spec({
        inputShape: [2],
        layers: [{ type: 'dense', units: 1, bias: false }],
        loss: 'squared-error',
      });
      const data: TrainingData = {
        count: 2,
        featureShape: [2],
        features: Float32Array.of(0, 0, 1, 2),
        labels: Float32Array.of(0, 5),
      };
      const expected = gradientSum(model, startOf(model).values, data, 0.5).sum;
      assertAllClose(await sum(model, data, clipped('per-example', 0.5)), expected, 'the sum', float32Steps);
    },

    async 'several private steps are each clipped at the weights that they start from'() {
      const [model, data] = [linear(4, 3), blobs(9, 4, 3)];
      const weights = Float64Array.from(startOf(model).values);
      for (let step = 0; step < 3; step++) {
        const { sum: gradient } = gradientSum(model, weights, data, 0.5);
        gradient.forEach((g, i) => (weights[i]! -= (0.7 * g) / expectedSize));
      }
      const plan = planFor(model, poisson(0.5, expectedSize, 3), sgd(0.7));
      const { payload } = await train(create(), plan, startOf(model), data, {
        noise: everyone,
        gradientPrivacy: clipped('per-example', 0.5),
      });
      assertAllClose(payload.values, weights, 'the weights after three steps', float32Steps);
    },

    async 'batch-mean clips the mean of a batch, not its examples'() {
      const [model, data] = [linear(4, 3), blobs(9, 4, 3)];
      const start = startOf(model);
      const mean = gradientSum(model, start.values, data).sum.map((g) => g / 9);
      const norm = Math.hypot(...mean);
      for (const clipNorm of [norm / 3, norm * 3]) {
        const gradientPrivacy = clipped('batch-mean', clipNorm);
        const trained = await train(create(), planFor(model, fullBatch(9)), start, data, {
          noise: everyone,
          gradientPrivacy,
        });
        const expected = mean.map((g) => -g * Math.min(1, clipNorm / norm));
        assertAllClose(movement(trained, start), expected, 'the clipped mean', float32Steps);
      }
    },

    async 'the patient as the unit is honoured or refused'() {
      const model = linear(4, 3);
      const data = { ...blobs(9, 4, 3), patientIds: ['a', 'b', 'a', 'c', 'a', 'b', 'd', 'd', 'a'] };
      const plan = planFor(model, poisson(0.5, expectedSize), sgd(), {
        privacy: { mechanisms: [{ name: 'compliance' }], accountant: 'compliance', delta: 1e-5, unit: 'patient' },
      });
      const gradientPrivacy = clipped('per-example', 0.5);
      const start = startOf(model);
      let moved: Float64Array;
      try {
        moved = movement(await train(create(), plan, start, data, { noise: everyone, gradientPrivacy }), start);
      } catch (error) {
        assert.ok(hasCode(error, 'CONFIG_INCOMPATIBLE'), `refused, but not with CONFIG_INCOMPATIBLE: ${String(error)}`);
        return;
      }
      const expected = new Float64Array(start.values.length);
      for (const patient of new Set(data.patientIds)) {
        const own = data.patientIds.flatMap((id, row) => (id === patient ? [row] : []));
        const gradient = new Float64Array(expected.length);
        for (const row of own)
          gradientSum(model, start.values, rows(data, row, row + 1)).sum.forEach((g, i) => (gradient[i]! += g));
        const scale = Math.min(1, 0.5 / Math.hypot(...gradient));
        gradient.forEach((g, i) => (expected[i]! -= (g * scale) / expectedSize));
      }
      assertAllClose(moved, expected, 'the step, each patient clipped to 0.5 once', float32Steps);
    },
  };
}

function rows(data: TrainingData, from: number, to: number): TrainingData {
  const size = data.features.length / data.count;
  return {
    count: to - from,
    featureShape: data.featureShape,
    features: data.features.slice(from * size, to * size),
    labels: data.labels.slice(from, to),
  };
}
