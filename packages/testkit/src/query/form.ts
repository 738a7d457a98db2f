import assert from 'node:assert/strict';
import { createTensors, elementOf, findNonFinite, sameLayout } from '@fedward/core';
import { assertSame, deepFreeze, refuses } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import { ask, none, samples, type Given } from './given.js';

/** What its answers look like, and what it refuses. */
export function formChecks(given: Given): Checks {
  const { create, plan, rejects = [], rejectsPlans = [] } = given;
  return {
    'it has a name, and the plan that asks it is accepted, unchanged'() {
      const query = create();
      assert.ok(query.name.trim() !== '', 'the name is empty');
      assert.equal(query.name, plan.query.name, 'the plan asks another query');
      query.validate?.(deepFreeze(structuredClone(plan))); // writing to a frozen plan throws
    },

    'its form is the same in each process, and its tensors fill it'() {
      const { form } = create();
      assertSame(structuredClone(create().form), structuredClone(form), 'the form of another');
      let end = 0;
      for (const { name, offset, size } of form.layout.tensors) {
        assert.equal(offset, end, `tensor ${name} does not follow the one before it`);
        end += size;
      }
      assert.equal(end, form.layout.size, 'the tensors do not fill the layout');
      assert.ok(['f32', 'f64', 'u32'].includes(form.element), `numbers of type ${form.element}`);
    },

    async 'each answer is in its form, and finite'() {
      const { form } = create();
      for (const data of [none(given), ...samples(given)]) {
        const answer = await ask(given, data);
        assert.ok(sameLayout(answer.layout, form.layout), `the answer of ${data.count} records has other tensors`);
        assert.equal(elementOf(answer.values), form.element, `the answer of ${data.count} records: its numbers`);
        assert.equal(answer.values.length, form.layout.size, `the answer of ${data.count} records: how many numbers`);
        assert.equal(findNonFinite(answer)?.name, undefined, `the answer of ${data.count} records is not finite`);
      }
    },

    async 'no records give zeros'() {
      const { form } = create();
      const { values } = await ask(given, none(given));
      assertSame(values.slice(), createTensors(form).values, 'the answer of no records');
    },

    ...(rejects.length > 0 && {
      async 'records that it can not be asked of are refused, before it is asked'() {
        const query = create();
        assert.ok(query.validateData, 'it has no validateData(), so it refuses nothing');
        const codes = ['DATA_MALFORMED', 'DATA_NOT_FINITE', 'LABEL_INVALID', 'CONFIG_INCOMPATIBLE'] as const;
        for (const [i, data] of rejects.entries())
          await refuses(codes, `rejects[${i}]`, () => query.validateData!(data));
      },
    }),

    ...(rejectsPlans.length > 0 && {
      async 'a plan that it can not work under is refused'() {
        const query = create();
        assert.ok(query.validate, 'it has no validate(), so it refuses nothing');
        for (const [i, rejected] of rejectsPlans.entries())
          await refuses(['CONFIG_INCOMPATIBLE', 'CONFIG_INVALID'], `rejectsPlans[${i}]`, () =>
            query.validate!(structuredClone(rejected)),
          );
      },
    }),
  };
}
