import assert from 'node:assert/strict';
import type { Plan } from '@fedward/core';
import { assertSame, deepFreeze, refuses, watch } from '../support/assertions.js';
import { assertCapabilities } from '../support/capabilities.js';
import type { Checks } from '../suite.js';
import { initialState, step, updatesFor, type Given } from './rounds.js';

/** What it says of itself, which plans it takes, and when it is done. */
export function planChecks(given: Given, rejects: readonly Plan[]): Checks {
  const { create, plan, minimumCohort } = given;
  const size = Math.max(4, minimumCohort);
  const checks: Checks = {
    'it has a name and named capabilities'() {
      const { name, requires, provides, strategy = name } = create();
      assert.ok(typeof name === 'string' && name.trim() !== '', 'the name is empty');
      assert.ok(strategy.trim() !== '', 'the name of its half at the sites is empty');
      assertCapabilities('requires', requires);
      assertCapabilities('provides', provides);
    },

    'the plan that it was made for is accepted, unchanged'() {
      const frozen = deepFreeze(structuredClone(plan));
      const aggregator = create();
      aggregator.validate?.(frozen); // writing to a frozen plan throws
      initialState({ ...given, plan: frozen }, aggregator);
    },
  };
  return {
    ...checks,
    ...(rejects.length > 0 ? refusalChecks(given, rejects) : {}),
    ...(create().reach
      ? {
          'it tells how far each site could move the model, in their order, with the reason'() {
            const weights = new Map([
              ['hospital-0', 500],
              ['hospital-1', 20],
              ['hospital-2', 1],
            ]);
            const reach = create().reach!(weights);
            assert.deepEqual(
              reach.map(({ id }) => id),
              [...weights.keys()],
              'it does not tell of each site, in their order',
            );
            for (const { id, share, most, because } of reach) {
              assert.ok(share === null || (share >= 0 && share <= 1), `the share of ${id} is ${share}`);
              assert.ok(most >= 0, `${id} moves the model by ${most} at the most`);
              assert.ok(because.trim() !== '', `it does not say why ${id} is bounded, or not`);
            }
            assertSame(create().reach!(weights), reach, 'what another tells of the same sites');
          },
        }
      : {}),
    ...(create().done
      ? {
          'it says why it is done, or nothing, and the same of the same state'() {
            const aggregator = create();
            let state = initialState(given, aggregator);
            for (let round = 0; round <= plan.rounds; round++) {
              const unchanged = watch('the state', state);
              const reason = aggregator.done!(state);
              unchanged();
              assert.ok(reason === undefined || reason.trim() !== '', 'it is done, and does not say why');
              assertSame(create().done!(structuredClone(state)), reason, 'what another says of the same state');
              if (round < plan.rounds)
                state = step(given, aggregator, state, updatesFor(given, aggregator, state, size, round), round);
            }
          },
        }
      : {}),
  };
}

function refusalChecks({ create }: Given, rejects: readonly Plan[]): Checks {
  return {
    async 'a plan that it can not work under is refused'() {
      const aggregator = create();
      assert.ok(aggregator.validate, 'it has no validate(), so it refuses nothing');
      for (const [i, rejected] of rejects.entries())
        await refuses(['CONFIG_INCOMPATIBLE', 'CONFIG_INVALID'], `rejects[${i}] (${rejected.name})`, () =>
          aggregator.validate!(structuredClone(rejected)),
        );
    },
  };
}
