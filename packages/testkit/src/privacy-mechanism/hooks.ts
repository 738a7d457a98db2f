import assert from 'node:assert/strict';
import { sameLayout, type FitResult, type PrivacyMechanism, type TrainingPlan } from '@fedward/core';
import { assertSame, watch } from '../support/assertions.js';
import { clientContext } from '../support/fixtures.js';
import type { Checks } from '../suite.js';
import { releaseContext, someAggregate, someUpdate } from './examples.js';

type Hook = readonly [name: 'onClient' | 'onReceive', run: (update: FitResult) => FitResult];

/** What its hooks do to what passes through them. */
export function hookChecks(create: () => PrivacyMechanism, plan: TrainingPlan): Checks {
  const made = create();
  const hooks: Hook[] = [];
  if (made.onClient) hooks.push(['onClient', (update) => create().onClient!(update, clientContext(plan))]);
  if (made.onReceive) hooks.push(['onReceive', (update) => create().onReceive!(update, releaseContext(plan))]);
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
      create().onRelease!(aggregate, releaseContext(plan));
      unchanged();
    },

    'onRelease keeps the size, the divisor and the count'() {
      const aggregate = someAggregate(30);
      const { payload, divisor, count } = create().onRelease!(aggregate, releaseContext(plan));
      assert.ok(payload instanceof Float64Array, 'the payload is not a Float64Array');
      assert.equal(payload.length, aggregate.payload.length, 'the number of values is another');
      assert.ok(payload.every(Number.isFinite), 'a value is not finite');
      assert.equal(divisor, aggregate.divisor, 'the divisor is another');
      assert.equal(count, aggregate.count, 'the count is another');
    },
  };
}
