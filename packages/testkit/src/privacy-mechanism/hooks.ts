import assert from 'node:assert/strict';
import { noNoise, sameLayout, type Update, type PrivacyMechanism, type TrainingPlan } from '@fedward/core';
import { assertAllClose, assertSame, watch } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import { releaseContext, siteContext, someAggregate, someUpdate } from './examples.js';

type Hook = readonly [name: 'onClient' | 'onReceive', run: (update: Update) => Update];

/** What its hooks do to what passes through them. */
export function hookChecks(create: () => PrivacyMechanism, plan: TrainingPlan): Checks {
  const made = create();
  const hooks: Hook[] = [];
  if (made.onClient) {
    hooks.push(['onClient', (update) => made.onClient!(update, siteContext(made, plan, update.payload.values.length))]);
  }
  if (made.onReceive) {
    hooks.push([
      'onReceive',
      (update) => made.onReceive!(update, releaseContext(made, plan, update.payload.values.length)),
    ]);
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
    [`${name} leaves the update that it is given as it was`]() {
      for (const update of examples()) {
        const unchanged = watch('the update', update);
        run(update);
        unchanged();
      }
    },

    [`${name} keeps whose update it is, its round and its layout`]() {
      for (const update of examples()) {
        const result = run(update);
        assert.equal(result.clientId, update.clientId, 'the client is another');
        assert.equal(result.baseRound, update.baseRound, 'the round is another');
        assert.ok(sameLayout(result.payload.layout, update.payload.layout), 'the layout is another');
        assert.ok(result.payload.values instanceof Float32Array, 'the values are not a Float32Array');
        assert.equal(result.payload.values.length, update.payload.layout.size, 'the number of values is another');
      }
    },

    [`${name} gives finite values for finite updates`]() {
      for (const update of examples()) {
        const { payload, weight } = run(update);
        assert.ok(payload.values.every(Number.isFinite), 'a value is not finite');
        assert.ok(Number.isFinite(weight) && weight > 0, `the weight is ${weight}`);
      }
    },

    [`${name} adds no metric`]() {
      for (const update of examples())
        for (const metric of Object.keys(run(update).metrics))
          assert.ok(metric in update.metrics, `it adds the metric ${metric}: each metric is a release`);
    },

    [`${name} takes nothing out of what was spent`]() {
      const update = someUpdate(30);
      const { spent, simulationOnly } = run(update);
      assertSame(spent.slice(0, update.spent.length), [...update.spent], 'what was spent before');
      assert.equal(simulationOnly, true, 'an update from seeded noise is no longer marked simulationOnly');
    },
  };
}

function releaseChecks(create: () => PrivacyMechanism, plan: TrainingPlan): Checks {
  return {
    'onRelease leaves the aggregate that it is given as it was'() {
      const aggregate = someAggregate(30);
      const unchanged = watch('the aggregate', aggregate);
      const made = create();
      made.onRelease!(aggregate, releaseContext(made, plan, 30));
      unchanged();
    },

    'onRelease keeps the size and the count, and divides by the weights or by a constant'() {
      const made = create();
      const context = releaseContext(made, plan, 30);
      const aggregate = someAggregate(30);
      const { payload, divisor, count } = made.onRelease!(aggregate, context);
      assert.ok(payload instanceof Float64Array, 'the payload is not a Float64Array');
      assert.equal(payload.length, aggregate.payload.length, 'the number of values is another');
      assert.ok(payload.every(Number.isFinite), 'a value is not finite');
      const other = made.onRelease!({ ...aggregate, divisor: 45, count: 2 }, context).divisor;
      assert.ok(divisor > 0 && Number.isFinite(divisor), `the divisor is ${divisor}`);
      if (divisor !== aggregate.divisor || other !== 45)
        assert.equal(divisor, other, 'the divisor is neither the weights nor a public constant');
      assert.equal(count, aggregate.count, 'the count is another');
    },

    'onRelease adds noise to the undivided sum, and nothing else'() {
      if (!create().event) return; // what masks a sum changes it
      const made = create();
      const aggregate = someAggregate(30);
      const { payload } = made.onRelease!(aggregate, releaseContext(made, plan, 30, noNoise));
      assertAllClose(payload, aggregate.payload, 'the sum without noise', { relative: 1e-12, absolute: 1e-12 });
    },
  };
}
