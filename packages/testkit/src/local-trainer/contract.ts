import assert from 'node:assert/strict';
import { Random, sameLayout, SeededNoise, type NoiseSource } from '@fedward/core';
import { assertClose, assertDiffers, assertSame, refuses, watch, within } from '../support/assertions.js';
import { clientContext } from '../support/fixtures.js';
import type { Checks } from '../suite.js';
import {
  blobs,
  fullBatch,
  gradientSum,
  layersFor,
  linear,
  optimizerFor,
  planFor,
  poisson,
  sgd,
  startOf,
  train,
  type Create,
  type Runs,
} from './problems.js';

/** What a trainer takes, gives and leaves alone. */
export function contractChecks(create: Create, runs: Runs): Checks {
  const model = layersFor(runs, 3);
  const optimizer = optimizerFor(runs, model);
  const data = blobs(10, 3, 3);
  const minibatches = planFor(model, { kind: 'shuffle', size: 4, epochs: 2 }, sgd(0.2));
  const gradientPrivacy = { clip: 'per-example', clipNorm: 0.7, noiseMultiplier: 1.3 } as const;

  return {
    async 'it has a name and says what it runs on'() {
      const trainer = create();
      assert.ok(trainer.name.trim() !== '', 'the name is empty');
      assert.ok((await trainer.describe()).trim() !== '', 'describe() says nothing');
    },

    async 'training keeps the layout, and touches nothing that it was given'() {
      const start = startOf(model);
      const unchanged = [watch('the payload', start), watch('the data', data), watch('the plan', minibatches)];
      const { payload } = await train(create(), minibatches, start, data);
      assert.ok(sameLayout(payload.layout, start.layout), 'the layout is another');
      assert.ok(payload.values instanceof Float32Array, 'the values are not a Float32Array');
      assert.equal(payload.values.length, start.layout.size, 'the number of values is not the size of the layout');
      assertDiffers(payload.values, start.values, 'training has changed nothing');
      payload.values.fill(9);
      for (const check of unchanged) check();
    },

    async 'training can start from a view into a larger array'() {
      const start = startOf(model);
      const larger = new Float32Array(start.values.length + 7).fill(5);
      larger.set(start.values, 4);
      const view = { layout: start.layout, values: larger.subarray(4, 4 + start.values.length) };
      const expected = await train(create(), minibatches, start, data);
      const { payload } = await train(create(), minibatches, view, data);
      assertSame(payload.values.slice(), expected.payload.values.slice(), 'the weights, trained from a view');
    },

    async 'the same seeds give the same bits'() {
      const plans = [
        [minibatches, {}],
        [planFor(model, poisson(0.5, 5, 6), optimizer), { gradientPrivacy }],
      ] as const;
      const trainer = create();
      for (const [plan, overrides] of plans) {
        const first = await train(trainer, plan, startOf(model), data, overrides);
        const again = await train(trainer, plan, startOf(model), data, overrides);
        const anew = await train(create(), plan, startOf(model), data, overrides);
        assertSame(again.payload.values, first.payload.values, 'the weights, trained again by the same trainer');
        assertSame(anew.payload.values, first.payload.values, 'the weights, trained by a new trainer');
        assertSame(again.metrics, first.metrics, 'the metrics, trained again');
      }
    },

    async 'trainings at once do not mix'() {
      const trainer = create();
      const problems = ['a', 'b', 'c'].map((seed) => blobs(12, 3, 3, seed));
      const plan = planFor(model, { kind: 'shuffle', size: 4, epochs: 5 }, optimizer);
      const alone = [];
      for (const problem of problems) alone.push((await train(trainer, plan, startOf(model), problem)).payload.values);
      const together = await Promise.all(problems.map((problem) => train(trainer, plan, startOf(model), problem)));
      assertSame(
        together.map(({ payload }) => payload.values),
        alone,
        'the weights, trained beside others',
      );
    },

    async 'it says how many steps it took'() {
      const start = startOf(model);
      const shuffled = await train(create(), minibatches, start, data);
      assert.equal(shuffled.steps, 6, 'steps of 2 epochs of 10 records in batches of 4');
      const sampled = await train(create(), planFor(model, poisson(0.5, 5, 7)), start, data);
      assert.equal(sampled.steps, 7, 'steps of a Poisson plan with 7');
    },

    async 'the loss that it tells is the mean over steps, before each step'() {
      const linearModel = linear(3, 3);
      const start = startOf(linearModel);
      const plan = planFor(linearModel, fullBatch(data.count, 2), sgd(0.5));
      const { metrics } = await train(create(), plan, start, data);
      const first = gradientSum(linearModel, start.values, data);
      const moved = start.values.map((w, i) => w - (0.5 * first.sum[i]!) / data.count);
      const expected = (first.loss + gradientSum(linearModel, moved, data).loss) / 2;
      assertClose(metrics['loss'] ?? Number.NaN, expected, 'metrics.loss', { relative: 1e-4 });
    },

    async 'training without records is DATA_EMPTY'() {
      const empty = { ...blobs(3, 3, 3), count: 0, features: new Float32Array(0), labels: new Float32Array(0) };
      for (const plan of [minibatches, planFor(model, poisson(0.5, 5))])
        await refuses('DATA_EMPTY', 'zero records', () => train(create(), plan, startOf(model), empty));
    },

    async 'a label that is no class is LABEL_INVALID'() {
      for (const label of [3, -1, 0.5, Number.NaN]) {
        const wrong = { ...data, labels: data.labels.with(4, label) };
        await refuses('LABEL_INVALID', `label ${label} of 3 classes`, () =>
          train(create(), minibatches, startOf(model), wrong),
        );
      }
    },

    async 'data that does not fit the model is DATA_MALFORMED'() {
      for (const [what, wrong] of [
        ['examples of another shape', blobs(10, 4, 3)],
        ['features cut short', { ...data, features: data.features.subarray(1) }],
        ['labels cut short', { ...data, labels: data.labels.subarray(1) }],
      ] as const)
        await refuses('DATA_MALFORMED', what, () => train(create(), minibatches, startOf(model), wrong));
    },

    async 'a payload in another layout is refused'() {
      await refuses(['ARGUMENT_INVALID', 'UPDATE_INVALID', 'CONFIG_INCOMPATIBLE'], 'a payload of another model', () =>
        train(create(), minibatches, startOf(linear(3, 2)), data),
      );
    },

    async 'a signal that has fired already is ABORTED'() {
      await refuses('ABORTED', 'training', () =>
        create().train(startOf(model), data, clientContext(minibatches), AbortSignal.abort()),
      );
    },

    async 'a signal that fires during a step ends the training'() {
      const controller = new AbortController();
      const seeded = new SeededNoise(new Random('abort'));
      let draws = 0;
      const noise: NoiseSource = {
        simulationOnly: true,
        uniform: () => {
          if (++draws === 3 * data.count) controller.abort();
          return seeded.uniform();
        },
        addGaussian: (values, standardDeviation) => seeded.addGaussian(values, standardDeviation),
      };
      const context = clientContext(planFor(model, poisson(0.5, 5, 50)), { noise });
      await refuses('ABORTED', 'training', () => create().train(startOf(model), data, context, controller.signal));
    },

    async 'a long training listens for the signal'() {
      const many = blobs(64, 3, 3);
      const context = clientContext(planFor(model, fullBatch(64, 30_000), sgd(1e-4)));
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(), 10);
      try {
        await refuses('ABORTED', '30,000 steps, aborted after 10 ms', () =>
          within(20, 'training', create().train(startOf(model), many, context, controller.signal)),
        );
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
