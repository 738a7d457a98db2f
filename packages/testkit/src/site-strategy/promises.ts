import assert from 'node:assert/strict';
import { createLayout, createTensors, hasCode, trainAndSubtract, type TrainingPlan } from '@fedward/core';
import { deepFreeze, refuses, rejects } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import { firstTask, modelLayout, rounds, work, type Given } from './rounds.js';

/** What it says of itself, what it asks of a trainer, and what it refuses. */
export function promiseChecks(given: Given, refused: readonly TrainingPlan[], readsRecords: boolean): Checks {
  const { create, plan } = given;
  /** Core's own is for a strategy that says nothing of tasks. */
  const validateTask = () => create().validateTask ?? trainAndSubtract.validateTask!;

  return {
    'it has the name that its half at the server gives, and names what it needs'() {
      const { name, requires = [] } = create();
      assert.ok(name.trim() !== '', 'the name is empty');
      assert.equal(name, given.aggregator().strategy ?? trainAndSubtract.name, 'the server names another strategy');
      assert.ok(
        requires.every((wanted) => wanted.trim() !== ''),
        'it needs what has no name',
      );
      assert.equal(new Set(requires).size, requires.length, 'it needs something twice');
    },

    'the plan and the task that it was made for are accepted, unchanged'() {
      const frozen = deepFreeze(structuredClone(plan));
      create().validate?.(frozen); // writing to a frozen plan throws
      validateTask()(firstTask(given).task, frozen, modelLayout(given));
    },

    async 'it asks the trainer for what it says that it needs, and for no more'() {
      const { requires = [] } = create();
      await rounds(given, 3, (_, { wishes }) => {
        for (const { proximalMu, frozen = [], correction, privateTensors = {} } of wishes) {
          const wanted = [
            ...(proximalMu ? ['proximal-term'] : []),
            ...(frozen.length > 0 ? ['frozen-tensors'] : []),
            ...(correction ? ['correction'] : []),
            ...(Object.keys(privateTensors).length > 0 ? ['private-tensors'] : []),
          ];
          const missing = wanted.find((capability) => !requires.includes(capability));
          assert.equal(missing, undefined, `it asks for ${missing}, which it does not say that it needs`);
        }
      });
    },

    async 'an instruction that it does not know is refused'() {
      const { task } = firstTask(given);
      const instructions = { ...task.instructions, 'an-instruction-of-the-future': 0.5 };
      await rejects('an instruction of the future', () =>
        validateTask()({ ...task, instructions }, plan, modelLayout(given)),
      );
    },

    async 'what does not fit the model is refused'() {
      const { task } = firstTask(given);
      const layout = createLayout([{ name: 'other', shape: [3] }]);
      for (const payload of [createTensors({ layout, element: 'f32' }), createTensors({ layout, element: 'f64' })])
        await rejects('tensors of another model', () => validateTask()({ ...task, payload }, plan, modelLayout(given)));
    },

    ...(refused.length > 0 && {
      async 'a plan that it can not work under is refused'() {
        const strategy = create();
        assert.ok(strategy.validate, 'it has no validate(), so it refuses nothing');
        for (const [i, rejected] of refused.entries())
          await refuses(['CONFIG_INCOMPATIBLE', 'CONFIG_INVALID'], `rejects[${i}]`, () =>
            strategy.validate!(structuredClone(rejected)),
          );
      },
    }),

    ...(!readsRecords && {
      async 'where gradients have a price it trains once at most, and reads no records'() {
        await rounds(given, 2, async (asked) => {
          try {
            const { trainings } = await work(given, { ...asked, priced: true });
            assert.ok(trainings <= 1, `it trains ${trainings} times`);
          } catch (error) {
            assert.ok(!hasCode(error, 'CONFIG_INCOMPATIBLE'), (error as Error).message);
            throw error;
          }
        });
      },
    }),
  };
}
