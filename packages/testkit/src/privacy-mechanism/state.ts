import assert from 'node:assert/strict';
import {
  canonicalJson,
  decodeCheckpoint,
  encodeCheckpoint,
  type PrivacyMechanism,
  type State,
  type Plan,
} from '@fedward/core';
import { assertSame, watch } from '../support/assertions.js';
import { assertIsState } from '../support/state.js';
import type { Checks } from '../suite.js';
import { releaseContext, seeded, someAggregate } from './examples.js';

const size = 30;

/** What it remembers between rounds, of a mechanism that does. */
export function stateChecks(create: () => PrivacyMechanism, plan: Plan): Checks {
  if (!create().init) return {};
  /** A release in one round, and what is remembered after it. */
  const release = async (mechanism: PrivacyMechanism, state: State, round: number) => {
    const context = { ...releaseContext(mechanism, plan, seeded(`round ${round}`), round), state };
    const { state: next = state, ...released } = await mechanism.onRelease!(someAggregate(size), context);
    return { told: await mechanism.instruct?.(context), released, next };
  };

  return {
    async 'what it remembers is data, and at first the same for all'() {
      const [one, other] = [create(), create()];
      const first = one.init!(plan);
      assertSame(other.init!(plan), first, 'what another remembers before round 0');
      assertIsState(first, 'state');
      if (one.onRelease) assertIsState((await release(one, first, 0)).next, 'the state after a round');
    },

    async 'what it is given to remember is left as it was'() {
      const mechanism = create();
      if (!mechanism.onRelease) return;
      const { next } = await release(mechanism, mechanism.init!(plan), 0);
      const unchanged = watch('the state', next);
      await release(mechanism, next, 1);
      unchanged();
    },

    async 'a run goes on with the same bits from what was written down'() {
      const running = create();
      if (!running.onRelease) return;
      let [kept, written] = [running.init!(plan), running.init!(plan)];
      for (let round = 0; round < plan.rounds; round++) {
        const whole = await release(running, kept, round);
        const resumed = await release(create(), throughCheckpoint(written), round);
        assertSame(resumed, whole, `round ${round} by a new process`);
        [kept, written] = [whole.next, resumed.next];
      }
    },

    async 'what it tells the sites is data, and the same when asked again'() {
      const mechanism = create();
      const context = releaseContext(mechanism, plan);
      const told = await mechanism.instruct?.(context);
      if (!told) return;
      assert.doesNotThrow(() => canonicalJson(told), 'it is not JSON');
      assertSame(await mechanism.instruct!(context), told, 'what it tells, asked again');
    },
  };
}

function throughCheckpoint(state: State): State {
  return decodeCheckpoint(encodeCheckpoint({ runId: 'run-1', planHash: 'sha256:00', nextRound: 1, state })).state;
}
