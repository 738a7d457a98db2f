import assert from 'node:assert/strict';
import { canonicalJson, Random, sameLayout, tensorValues, type Parameters } from '@fedward/core';
import { assertSame, assertAllClose, watch } from '../support/assertions.js';
import { assertCapabilities } from '../support/capabilities.js';
import { exampleLayout, randomParameters } from '../support/fixtures.js';
import { assertIsState } from '../support/state.js';
import type { Checks } from '../suite.js';
import { contextOf, initialState, reduce, step, updatesFor, withValues, type Create } from './rounds.js';

/** The model that a state stands for, what is sent of it, and what a state may be. */
export function stateChecks(create: Create, minimumCohort: number): Checks {
  const size = Math.max(4, minimumCohort);
  return {
    'it has a name and known capabilities'() {
      const { name, requires, provides } = create();
      assert.ok(typeof name === 'string' && name.trim() !== '', 'the name is empty');
      assertCapabilities('requires', requires);
      assertCapabilities('provides', provides);
    },

    'the first model is the one that it was given'() {
      const initial = randomParameters(new Random('initial model'), exampleLayout);
      const aggregator = create();
      const model = aggregator.parameters(aggregator.init(initial));
      assert.ok(sameLayout(model.layout, initial.layout), 'its layout is not that of the initial parameters');
      assertSame(model.values, initial.values, 'the first model');
    },

    'the state shares no memory with the initial parameters'() {
      const initial = randomParameters(new Random('initial model'), exampleLayout);
      const before = initial.values.slice();
      const aggregator = create();
      const state = aggregator.init(initial);
      initial.values.fill(123);
      assertSame(aggregator.parameters(state).values, before, 'the model, once the initial array was overwritten');
    },

    'the cohort is sent every tensor of the model, unchanged'() {
      const aggregator = create();
      const state = initialState(aggregator);
      const updates = updatesFor(aggregator, state, size);
      const { payload, instructions } = aggregator.instruct(state, contextOf(updates));
      assertWellFormed(payload);
      const model = aggregator.parameters(state);
      for (const { name, shape } of model.layout.tensors) {
        const sent = payload.layout.tensors.find((tensor) => tensor.name === name);
        assert.ok(sent, `the payload has no tensor named ${name}`);
        assert.deepEqual([...sent.shape], [...shape], `the payload's ${name} has another shape`);
        assertSame(tensorValues(payload, name).slice(), tensorValues(model, name).slice(), `the payload's ${name}`);
      }
      assertSame(JSON.parse(canonicalJson(instructions)), structuredClone(instructions), 'instructions as JSON');
    },

    'a round keeps the layout of the model'() {
      const aggregator = create();
      const state = initialState(aggregator);
      const model = aggregator.parameters(step(aggregator, state, updatesFor(aggregator, state, size)));
      assert.ok(sameLayout(model.layout, exampleLayout), 'after a round the layout is another');
      assertWellFormed(model);
    },

    'updates equal to what was sent leave the model as it is'() {
      const aggregator = create();
      const state = initialState(aggregator);
      const { payload } = aggregator.instruct(state, contextOf(updatesFor(aggregator, state, size)));
      const updates = updatesFor(aggregator, state, size).map((u) => withValues(u, payload.values.slice()));
      const model = aggregator.parameters(step(aggregator, state, updates));
      assertAllClose(model.values, aggregator.parameters(state).values, 'the model after a round without a change', {
        relative: 1e-6,
        absolute: 1e-9,
      });
    },

    'no call changes its inputs'() {
      const aggregator = create();
      const initial = randomParameters(new Random('initial model'), exampleLayout);
      const unchangedInitial = watch('the initial parameters', initial);
      const state = aggregator.init(initial);
      const updates = updatesFor(aggregator, state, size);
      const context = contextOf(updates);
      const unchanged = [
        unchangedInitial,
        watch('the state', state),
        watch('an update', updates),
        watch('the round context', context),
      ];
      aggregator.parameters(state);
      aggregator.instruct(state, context);
      const aggregate = reduce(aggregator, state, updates, context);
      unchanged.push(watch('the aggregate', aggregate));
      aggregator.apply(state, aggregate, context);
      for (const check of unchanged) check();
    },

    'a new state shares no memory with the aggregate or the updates'() {
      const aggregator = create();
      const state = initialState(aggregator);
      const updates = updatesFor(aggregator, state, size);
      const context = contextOf(updates);
      const aggregate = reduce(aggregator, state, updates, context);
      const next = aggregator.apply(state, aggregate, context);
      const unchanged = watch('the new state, once aggregate and updates were overwritten', next);
      aggregate.payload.fill(123);
      for (const { payload } of updates) payload.values.fill(123);
      unchanged();
    },

    'the state is data'() {
      const aggregator = create();
      const state = initialState(aggregator);
      assertIsState(state, 'the initial state');
      assertIsState(step(aggregator, state, updatesFor(aggregator, state, size)), 'the state after a round');
    },

    'a run goes on from a stored state with the same bits'() {
      const [first, second] = [create(), create()];
      const state = initialState(first);
      const afterOne = step(first, state, updatesFor(first, state, size));
      const stored = structuredClone(afterOne);
      const afterTwo = step(first, afterOne, updatesFor(first, afterOne, size, 1), 1);
      const resumed = step(second, stored, updatesFor(second, stored, size, 1), 1);
      assertSame(resumed, afterTwo, 'the state of a resumed run after the second round');
      assertSame(
        second.parameters(resumed).values.slice(),
        first.parameters(afterTwo).values.slice(),
        'the model of a resumed run after the second round',
      );
    },

    'the same state and updates give the same bits'() {
      const aggregator = create();
      const state = initialState(aggregator);
      const updates = updatesFor(aggregator, state, size);
      const [once, again] = [reduce(aggregator, state, updates), reduce(aggregator, state, updates)];
      assertSame({ ...again }, { ...once }, 'the second aggregate of the same updates');
      assertSame(
        step(aggregator, state, updates),
        step(aggregator, state, updates),
        'the second state of the same updates',
      );
    },
  };
}

function assertWellFormed({ layout, values }: Parameters): void {
  assert.ok(values instanceof Float32Array, 'values are not a Float32Array');
  assert.equal(values.length, layout.size, 'the number of values is not the size of the layout');
  let offset = 0;
  for (const tensor of layout.tensors) {
    assert.equal(tensor.offset, offset, `tensor ${tensor.name} does not follow the one before it`);
    offset += tensor.size;
  }
  assert.equal(offset, layout.size, 'the tensors do not fill the layout');
}
