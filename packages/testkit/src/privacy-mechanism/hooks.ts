import assert from 'node:assert/strict';
import {
  elementOf,
  noNoise,
  sameLayout,
  type TensorsForm,
  type Update,
  type PrivacyMechanism,
  type Plan,
} from '@fedward/core';
import { assertAllClose, assertSame, watch } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import { releaseContext, siteContext, someAggregate, someUpdate, summedBy } from './examples.js';

type Hook = readonly [name: 'onClient' | 'onReceive', run: (update: Update) => Promise<Update>];

/** What its hooks do to what passes through them. */
export function hookChecks(create: () => PrivacyMechanism, plan: Plan): Checks {
  const made = create();
  const hooks: Hook[] = [];
  if (made.onClient) {
    // Made anew for each, since a site may refuse to answer a round twice.
    hooks.push([
      'onClient',
      async (update) => {
        const own = create();
        return own.onClient!(update, await siteContext(own, plan));
      },
    ]);
  }
  if (made.onReceive) {
    hooks.push(['onReceive', async (update) => made.onReceive!(update, releaseContext(made, plan))]);
  }
  return {
    ...Object.assign({}, ...hooks.map((hook) => updateChecks(hook, made, plan))),
    ...(made.onRelease ? releaseChecks(create, plan) : {}),
  };
}

function updateChecks([name, run]: Hook, { form }: PrivacyMechanism, plan: Plan): Checks {
  /** Updates of different sizes, one of them all zero: a clip must not divide by its norm. */
  const examples = () => [1, 1e4, 1e-6, 0].map((scale) => someUpdate(30, scale, plan));
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
        const given: TensorsForm = { layout: update.payload.layout, element: elementOf(update.payload.values) };
        const { layout, element } = name === 'onClient' ? (form?.(given) ?? given) : given;
        assert.equal(elementOf(result.payload.values), element, 'numbers of another type than it says (`form`)');
        assert.ok(sameLayout(result.payload.layout, layout), 'the layout is another');
        assert.equal(result.payload.values.length, layout.size, 'the number of values is another');
      }
    },

    async [`${name} gives finite values for finite updates`]() {
      for (const update of examples()) {
        const { payload, weight } = await run(update);
        assert.ok(Array.from(payload.values).every(Number.isFinite), 'a value is not finite');
        assert.ok(Number.isFinite(weight) && weight > 0, `the weight is ${weight}`);
      }
    },

    async [`${name} adds no metric`]() {
      for (const update of examples())
        for (const metric of Object.keys((await run(update)).metrics))
          assert.ok(metric in update.metrics, `it adds the metric ${metric}: each metric is a release`);
    },

    async [`${name} takes nothing out of what was spent`]() {
      const update = someUpdate(30, 1, plan);
      const { spent, simulationOnly } = await run(update);
      assertSame(spent.slice(0, update.spent.length), [...update.spent], 'what was spent before');
      assert.equal(simulationOnly, true, 'an update from seeded noise is no longer marked simulationOnly');
    },
  };
}

function releaseChecks(create: () => PrivacyMechanism, plan: Plan): Checks {
  return {
    async 'onRelease leaves the aggregate that it is given as it was'() {
      const made = create();
      const { aggregate, context } = await summedBy(made, plan);
      const unchanged = watch('the aggregate', aggregate);
      await made.onRelease!(aggregate, context);
      unchanged();
    },

    async 'onRelease keeps the size and the count, and divides by weights, count or a constant'() {
      const made = create();
      const { aggregate, context } = await summedBy(made, plan);
      const { payload, divisor, count } = await made.onRelease!(aggregate, context);
      assert.ok(payload instanceof Float64Array, 'the payload is not a Float64Array');
      assert.equal(payload.length, 30, 'the number of values is another');
      assert.ok(payload.every(Number.isFinite), 'a value is not finite');
      assert.ok(divisor > 0 && Number.isFinite(divisor), `the divisor is ${divisor}`);
      assert.equal(count, aggregate.count, 'the count is another');
      if (made.form) return; // the weights are its own affair, and a sum comes out of its masks once
      const { divisor: other } = await made.onRelease!({ ...aggregate, divisor: 45, count: 2 }, context);
      const [byWeights, byCount] = [divisor === 60 && other === 45, divisor === 3 && other === 2];
      if (!byWeights && !byCount)
        assert.equal(divisor, other, 'the divisor is neither the weights, nor the count, nor a public constant');
    },

    async 'onRelease adds noise to the undivided sum, and nothing else'() {
      if (!create().event || create().form) return; // what masks a sum changes it
      const made = create();
      const aggregate = someAggregate(30);
      const { payload } = await made.onRelease!(aggregate, releaseContext(made, plan, noNoise));
      assertAllClose(payload, aggregate.payload, 'the sum without noise', { relative: 1e-12, absolute: 1e-12 });
    },
  };
}
