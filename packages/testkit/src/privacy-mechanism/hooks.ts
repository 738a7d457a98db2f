import assert from 'node:assert/strict';
import { noNoise, sameLayout, type Update, type PrivacyMechanism, type TrainingPlan } from '@fedward/core';
import { assertAllClose, assertSame, watch } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import { releaseContext, siteContext, someAggregate, someUpdate } from './examples.js';

type Hook = readonly [name: 'onClient' | 'onReceive', run: (update: Update) => Promise<Update>];

/** What its hooks do to what passes through them. */
export function hookChecks(create: () => PrivacyMechanism, plan: TrainingPlan): Checks {
  const made = create();
  const hooks: Hook[] = [];
  if (made.onClient) {
    hooks.push(['onClient', async (update) => made.onClient!(update, await siteContext(made, plan))]);
  }
  if (made.onReceive) {
    hooks.push(['onReceive', async (update) => made.onReceive!(update, releaseContext(made, plan))]);
  }
  return {
    ...Object.assign({}, ...hooks.map(updateChecks)),
    ...(made.onRelease ? releaseChecks(create, plan) : {}),
  };
}

function updateChecks([name, run]: Hook): Checks {
  /** Updates of different sizes, one of them all zero: a clip must not divide by its norm. */
  const examples = () => [someUpdate(30), someUpdate(30, 1e4), someUpdate(30, 1e-6), someUpdate(30, 0)];
  return {
    async [`${name} leaves the update that it is given as it was`]() {
      for (const update of examples()) {
        const unchanged = watch('the update', update);
        await run(update);
        unchanged();
      }
    },

    async [`${name} keeps whose update it is, its round and its layout`]() {
      for (const update of examples()) {
        const result = await run(update);
        assert.equal(result.clientId, update.clientId, 'the client is another');
        assert.equal(result.baseRound, update.baseRound, 'the round is another');
        assert.ok(sameLayout(result.payload.layout, update.payload.layout), 'the layout is another');
        assert.ok(result.payload.values instanceof Float32Array, 'the values are not a Float32Array');
        assert.equal(result.payload.values.length, update.payload.layout.size, 'the number of values is another');
      }
    },

    async [`${name} gives finite values for finite updates`]() {
      for (const update of examples()) {
        const { payload, weight } = await run(update);
        assert.ok(payload.values.every(Number.isFinite), 'a value is not finite');
        assert.ok(Number.isFinite(weight) && weight > 0, `the weight is ${weight}`);
      }
    },

    async [`${name} adds no metric`]() {
      for (const update of examples())
        for (const metric of Object.keys((await run(update)).metrics))
          assert.ok(metric in update.metrics, `it adds the metric ${metric}: each metric is a release`);
    },

    async [`${name} takes nothing out of what was spent`]() {
      const update = someUpdate(30);
      const { spent, simulationOnly } = await run(update);
      assertSame(spent.slice(0, update.spent.length), [...update.spent], 'what was spent before');
      assert.equal(simulationOnly, true, 'an update from seeded noise is no longer marked simulationOnly');
    },
  };
}

function releaseChecks(create: () => PrivacyMechanism, plan: TrainingPlan): Checks {
  return {
    async 'onRelease leaves the aggregate that it is given as it was'() {
      const aggregate = someAggregate(30);
      const unchanged = watch('the aggregate', aggregate);
      const made = create();
      await made.onRelease!(aggregate, releaseContext(made, plan));
      unchanged();
    },

    async 'onRelease keeps the size and the count, and divides by the weights or by a constant'() {
      const made = create();
      const context = releaseContext(made, plan);
      const aggregate = someAggregate(30);
      const { payload, divisor, count } = await made.onRelease!(aggregate, context);
      assert.ok(payload instanceof Float64Array, 'the payload is not a Float64Array');
      assert.equal(payload.length, aggregate.payload.length, 'the number of values is another');
      assert.ok(payload.every(Number.isFinite), 'a value is not finite');
      const { divisor: other } = await made.onRelease!({ ...aggregate, divisor: 45, count: 2 }, context);
      assert.ok(divisor > 0 && Number.isFinite(divisor), `the divisor is ${divisor}`);
      if (divisor !== aggregate.divisor || other !== 45)
        assert.equal(divisor, other, 'the divisor is neither the weights nor a public constant');
      assert.equal(count, aggregate.count, 'the count is another');
    },

    async 'onRelease adds noise to the undivided sum, and nothing else'() {
      if (!create().event) return; // what masks a sum changes it
      const made = create();
      const aggregate = someAggregate(30);
      const { payload } = await made.onRelease!(aggregate, releaseContext(made, plan, noNoise));
      assertAllClose(payload, aggregate.payload, 'the sum without noise', { relative: 1e-12, absolute: 1e-12 });
    },
  };
}
