import assert from 'node:assert/strict';
import { isTrainingPlan, type Plan, type PrivacyMechanism, type TrainingPlan } from '@fedward/core';
import { assertSame } from '../support/assertions.js';
import { assertIsEvent, releasesOf } from '../support/events.js';
import type { Checks } from '../suite.js';
import { releaseContext, siteContext, someAggregate, someUpdate } from './examples.js';

/** Its events: known before the round, valid, and no cheaper than what it does. */
export function priceChecks(create: () => PrivacyMechanism, plan: Plan): Checks {
  const checks: Checks = {
    'an event comes with the adjacency that it is priced under'() {
      const { adjacency, event } = create();
      assert.equal(adjacency !== undefined, event !== undefined, 'it has an event or an adjacency, but not both');
      if (adjacency !== undefined)
        assert.ok(['add-or-remove-one', 'replace-one'].includes(adjacency), `the adjacency is ${adjacency}`);
    },
  };
  if (!create().event) return checks;
  const priceOf = (mechanism: PrivacyMechanism, round = 0) => mechanism.event!({ plan, round });

  return {
    ...checks,

    'an event is data that core knows'() {
      for (const round of [0, 1, plan.rounds - 1])
        assertIsEvent(priceOf(create(), round), `the event of round ${round}`);
    },

    async 'an event is known before the round, and the same after it'() {
      const mechanism = create();
      const before = structuredClone(priceOf(mechanism));
      assertSame(priceOf(mechanism), before, 'the event of the same round, asked again');
      await mechanism.onClient?.(someUpdate(50, 1, plan), await siteContext(mechanism, plan));
      mechanism.onReceive?.(someUpdate(50, 1, plan), releaseContext(mechanism, plan));
      await mechanism.onRelease?.(someAggregate(50), releaseContext(mechanism, plan));
      assertSame(priceOf(mechanism), before, 'the event once data has been seen');
      assertSame(priceOf(create()), before, 'the event of a new mechanism');
    },

    ...(create().gradient && isTrainingPlan(plan) ? gradientEventChecks(create, plan) : {}),
  };
}

/** What the event says of the steps of training, against what the plan and the mechanism have them do. */
function gradientEventChecks(create: () => PrivacyMechanism, plan: TrainingPlan): Checks {
  const { batches } = plan.training;
  /** Without a release that is said to be private, there is nothing that could be said wrongly. */
  const releases = () => releasesOf(create().event!({ plan, round: 0 })) ?? [];
  return {
    'an event states no more noise than each step adds'() {
      const mechanism = create();
      const limit = mechanism.gradient!(plan).noiseMultiplier / sensitivityOverClipNorm(mechanism, plan);
      for (const { noiseMultiplier } of releases())
        assert.ok(
          noiseMultiplier <= limit * (1 + 1e-9),
          `the event states the noise multiplier ${noiseMultiplier}, each step adds ${limit} times its sensitivity at most`,
        );
    },

    'an event states every step of training'() {
      if (!releasesOf(create().event!({ plan, round: 0 }))) return; // it claims no privacy at all
      const counted = releases().reduce((sum, { count }) => sum + count, 0);
      // In a shuffled epoch the batches are disjoint: a record is in one of them.
      const least = batches.kind === 'shuffle' ? batches.epochs : batches.steps;
      assert.ok(counted >= least, `the event states ${counted} releases, each record is in ${least} at least`);
    },

    'an event claims no sampling that the plan does not do'() {
      const probability = batches.kind === 'poisson' ? batches.probability : 1;
      for (const { samplingProbability } of releases())
        assert.ok(
          samplingProbability >= probability * (1 - 1e-12),
          `the event claims sampling with ${samplingProbability}, ` +
            (batches.kind === 'poisson'
              ? `the plan's is ${probability}`
              : 'the plan shuffles, which is no Poisson sampling'),
        );
    },
  };
}

/** By how many clip norms one record can move what the noise is added to, at least. */
function sensitivityOverClipNorm(mechanism: PrivacyMechanism, plan: TrainingPlan): number {
  const { batches } = plan.training;
  if (mechanism.gradient?.(plan).clip === 'per-example') return mechanism.adjacency === 'replace-one' ? 2 : 1;
  // A clipped mean can turn round: 2C. Its noise is divided by the size of the batch, the clipped mean is not.
  return 2 * (batches.kind === 'poisson' ? 1 : batches.size);
}
