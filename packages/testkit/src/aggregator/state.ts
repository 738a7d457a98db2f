import assert from 'node:assert/strict';
import { canonicalJson, copyTensors, elementOf, isTrainingPlan, sameLayout, tensorValues } from '@fedward/core';
import type { Layout, Tensors } from '@fedward/core';
import { assertSame, assertAllClose, watch } from '../support/assertions.js';
import { assertIsState } from '../support/state.js';
import type { Checks } from '../suite.js';
import { contextOf, expectedForm, initialState, mapped, reduce, step, updatesFor, type Given } from './rounds.js';

/** The model that a state stands for, what is sent of it, and what a state may be. */
export function stateChecks(given: Given): Checks {
  const { create, minimumCohort } = given;
  const size = Math.max(4, minimumCohort);
  const checks: Checks = {
    'the state shares no memory with the initial parameters'() {
      const initial = copyTensors(given.initial);
      const aggregator = create();
      const state = initialState({ ...given, initial }, aggregator);
      const unchanged = watch('the state, once the initial array was overwritten,', state);
      initial.values.fill(123);
      unchanged();
    },

    'changing what parameters() gave does not change the state'() {
      const aggregator = create();
      let state = initialState(given, aggregator);
      for (let round = 0; round < 2; round++) {
        const unchanged = watch('the state, once what parameters() gave was overwritten,', state);
        (aggregator.parameters(state) as Tensors).values.fill(123);
        unchanged();
        state = step(given, aggregator, state, updatesFor(given, aggregator, state, size, round), round);
      }
    },

    'what it expects is a form, and the same when asked again'() {
      const aggregator = create();
      const state = initialState(given, aggregator);
      const context = contextOf(given, updatesFor(given, aggregator, state, size));
      const form = expectedForm(aggregator, state, context);
      assertFilled(form.layout);
      assert.ok(['f32', 'f64', 'u32'].includes(form.element), `numbers of type ${form.element}`);
      assertSame(expectedForm(create(), state, context), form, 'what another expects');
      const { instructions } = aggregator.instruct(state, context);
      assertSame(JSON.parse(canonicalJson(instructions)), structuredClone(instructions), 'instructions as JSON');
    },

    'no call changes its inputs'() {
      const aggregator = create();
      const unchangedInitial = watch('the initial parameters', given.initial);
      const state = initialState(given, aggregator);
      const updates = updatesFor(given, aggregator, state, size);
      const context = contextOf(given, updates);
      const unchanged = [
        unchangedInitial,
        watch('the state', state),
        watch('an update', updates),
        watch('the round context', context),
      ];
      aggregator.parameters(state);
      aggregator.instruct(state, context);
      const aggregate = reduce(given, aggregator, state, updates, context);
      unchanged.push(watch('the aggregate', aggregate));
      aggregator.apply(state, aggregate, context);
      for (const check of unchanged) check();
    },

    'a new state shares no memory with the aggregate or the updates'() {
      const aggregator = create();
      const state = initialState(given, aggregator);
      const updates = updatesFor(given, aggregator, state, size);
      const context = contextOf(given, updates);
      const aggregate = reduce(given, aggregator, state, updates, context);
      const next = aggregator.apply(state, aggregate, context);
      const unchanged = watch('the new state, once aggregate and updates were overwritten', next);
      aggregate.payload.fill(123);
      for (const { payload } of updates) payload.values.fill(123);
      unchanged();
    },

    'the state is data'() {
      const aggregator = create();
      const state = initialState(given, aggregator);
      assertIsState(state, 'the initial state');
      assertIsState(
        step(given, aggregator, state, updatesFor(given, aggregator, state, size)),
        'the state after a round',
      );
    },

    'a run goes on from a stored state with the same bits'() {
      const [first, second] = [create(), create()];
      const state = initialState(given, first);
      const afterOne = step(given, first, state, updatesFor(given, first, state, size));
      const stored = structuredClone(afterOne);
      const afterTwo = step(given, first, afterOne, updatesFor(given, first, afterOne, size, 1), 1);
      const resumed = step(given, second, stored, updatesFor(given, second, stored, size, 1), 1);
      assertSame(resumed, afterTwo, 'the state of a resumed run after the second round');
      assertSame(
        second.parameters(resumed),
        first.parameters(afterTwo),
        'the model of a resumed run after the second round',
      );
    },

    'the same state and updates give the same bits'() {
      const aggregator = create();
      const state = initialState(given, aggregator);
      const updates = updatesFor(given, aggregator, state, size);
      const [once, again] = [reduce(given, aggregator, state, updates), reduce(given, aggregator, state, updates)];
      assertSame({ ...again }, { ...once }, 'the second aggregate of the same updates');
      assertSame(
        step(given, aggregator, state, updates),
        step(given, aggregator, state, updates),
        'the second state of the same updates',
      );
    },
  };
  return isTrainingPlan(given.plan) ? { ...checks, ...modelChecks(given, size) } : checks;
}

/** Of a state that stands for a model. */
function modelChecks(given: Given, size: number): Checks {
  const { create, initial } = given;
  return {
    'the first model is the one that it was given'() {
      const aggregator = create();
      const model = aggregator.parameters(initialState(given, aggregator)) as Tensors;
      assert.ok(sameLayout(model.layout, initial.layout), 'its layout is not that of the initial parameters');
      assertSame(model.values, initial.values, 'the first model');
    },

    'the cohort is sent every tensor of the model, unchanged'() {
      const aggregator = create();
      const state = initialState(given, aggregator);
      const updates = updatesFor(given, aggregator, state, size);
      const { payload } = aggregator.instruct(state, contextOf(given, updates));
      assertWellFormed(payload);
      const model = aggregator.parameters(state) as Tensors;
      for (const { name, shape } of model.layout.tensors) {
        const sent = payload.layout.tensors.find((tensor) => tensor.name === name);
        assert.ok(sent, `the payload has no tensor named ${name}`);
        assert.deepEqual([...sent.shape], [...shape], `the payload's ${name} has another shape`);
        assertSame(tensorValues(payload, name).slice(), tensorValues(model, name).slice(), `the payload's ${name}`);
      }
    },

    'a round keeps the layout of the model'() {
      const aggregator = create();
      const state = initialState(given, aggregator);
      const model = aggregator.parameters(
        step(given, aggregator, state, updatesFor(given, aggregator, state, size)),
      ) as Tensors;
      assert.ok(sameLayout(model.layout, initial.layout), 'after a round the layout is another');
      assertWellFormed(model);
    },

    'updates of zeros leave the model as it is'() {
      const aggregator = create();
      const state = initialState(given, aggregator);
      const nothing = updatesFor(given, aggregator, state, size).map((update) => mapped(update, () => 0));
      const model = aggregator.parameters(step(given, aggregator, state, nothing)) as Tensors;
      const before = aggregator.parameters(state) as Tensors;
      assertAllClose(model.values, before.values, 'the model after a round without a change', {
        ...{ relative: 1e-6, absolute: 1e-9 },
      });
    },
  };
}

function assertWellFormed({ layout, values }: Tensors): void {
  assert.equal(elementOf(values), 'f32', 'values are not a Float32Array');
  assert.equal(values.length, layout.size, 'the number of values is not the size of the layout');
  assertFilled(layout);
}

function assertFilled({ tensors, size }: Layout): void {
  let offset = 0;
  for (const tensor of tensors) {
    assert.equal(tensor.offset, offset, `tensor ${tensor.name} does not follow the one before it`);
    offset += tensor.size;
  }
  assert.equal(offset, size, 'the tensors do not fill the layout');
}
