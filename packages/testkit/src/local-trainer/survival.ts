import { Random, type ModelSpec, type TrainingData } from '@fedward/core';
import { assertAllClose, assertClose, assertSame, refuses } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import { float32Steps } from './gradients.js';
import {
  everyone,
  fullBatch,
  gradientSum,
  movement,
  planFor,
  poisson,
  spec,
  startOf,
  train,
  type Create,
} from './problems.js';

/** The loss `cox`, which is no sum over examples. */
export function survivalChecks(create: Create): Checks {
  const model: ModelSpec = spec({
    inputShape: [4],
    layers: [
      { type: 'dense', units: 3 },
      { type: 'activation', function: 'tanh' },
      { type: 'dense', units: 1 },
    ],
    loss: 'cox',
  });
  const random = new Random('survival');
  const features = Float32Array.from({ length: 40 }, () => random.normal());
  /** Ties among events, among the censored, and between the two; the last record is not the last in time. */
  const labels = Float32Array.of(3, 1, -2, 2, 2, -5.5, 4, -4, 4, 0.25);
  const data: TrainingData = { count: 10, featureShape: [4], features, labels };
  const start = startOf(model);
  const whole = planFor(model, fullBatch(10));

  return {
    async 'one step follows the gradient of the Cox partial likelihood, with ties'() {
      const trained = await train(create(), whole, start, data);
      const { sum, loss } = gradientSum(model, start.values, data);
      const expected = sum.map((g) => -g / 10);
      assertAllClose(movement(trained, start), expected, 'the step', float32Steps);
      assertClose(trained.metrics['loss'] ?? Number.NaN, loss, 'metrics.loss, a mean over records', { relative: 1e-4 });
    },

    async 'a Cox risk set is whoever is in the batch'() {
      const plan = planFor(model, poisson(0.5, 4, 2));
      let draws = 0;
      /** Rows 0 to 4 in the first step, 5 to 9 in the second. */
      const halves = { ...everyone, uniform: () => [0, 0.9, 0.9, 0][Math.floor(draws++ / 5)]! };
      const half = (from: number): TrainingData => ({
        ...data,
        count: 5,
        features: features.slice(4 * from, 4 * from + 20),
        labels: labels.slice(from, from + 5),
      });
      const expected = Float64Array.from(start.values);
      for (const from of [0, 5])
        gradientSum(model, expected, half(from)).sum.forEach((g, i) => (expected[i]! -= g / 4));
      const { payload } = await train(create(), plan, start, data, { noise: halves });
      assertAllClose(payload.values, expected, 'the weights after steps on five records each', float32Steps);
    },

    async 'a Cox batch without events moves nothing'() {
      const censored = { ...data, labels: labels.map((time) => -Math.abs(time)) };
      const { payload, metrics } = await train(create(), whole, start, censored);
      assertSame(payload.values, start.values, 'the weights');
      assertClose(metrics['loss'] ?? 0, 0, 'metrics.loss', {});
    },

    async 'a Cox loss of large log hazards is finite'() {
      const far = { ...data, features: features.map((x) => 1e3 * x) };
      const steep = startOf(model, 100);
      const trained = await train(create(), whole, steep, far);
      const expected = gradientSum(model, steep.values, far).sum.map((g) => -g / 10);
      assertAllClose(movement(trained, steep), expected, 'the step', { relative: 1e-3, absolute: 1e-2 });
    },

    async 'a survival time of 0 is LABEL_INVALID'() {
      for (const time of [0, Number.NaN, Number.POSITIVE_INFINITY])
        await refuses('LABEL_INVALID', `the time ${time}`, () =>
          train(create(), whole, start, { ...data, labels: labels.with(3, time) }),
        );
    },

    async 'clipping example by example is refused for the Cox loss'() {
      const gradientPrivacy = { clip: 'per-example', clipNorm: 1, noiseMultiplier: 1 } as const;
      await refuses('CONFIG_INCOMPATIBLE', 'cox under per-example clipping', () =>
        train(create(), planFor(model, poisson(0.5, 5)), start, data, { noise: everyone, gradientPrivacy }),
      );
    },
  };
}
