import assert from 'node:assert/strict';
import { isTrainingPlan, type Plan, type PrivacyMechanism, type TrainingPlan } from '@fedward/core';
import { assertSame, deepFreeze, refuses } from '../support/assertions.js';
import { assertCapabilities } from '../support/capabilities.js';
import type { Checks } from '../suite.js';

/** What it says of itself, and which plans it takes. */
export function promiseChecks(create: () => PrivacyMechanism, plan: Plan, rejects: readonly Plan[]): Checks {
  const checks: Checks = {
    'it has a name and named capabilities'() {
      const { name, requires, removes = [] } = create();
      assert.ok(typeof name === 'string' && name.trim() !== '', 'the name is empty');
      assertCapabilities('requires', requires);
      assertCapabilities('removes', removes);
      const both = requires.find((capability) => removes.includes(capability));
      assert.equal(both, undefined, `it takes away ${both}, which it requires itself`);
    },

    'it says in whole bytes how large a call may be, if it does'() {
      const { mostCallBytes = 1 } = create();
      assert.ok(Number.isSafeInteger(mostCallBytes) && mostCallBytes > 0, `mostCallBytes is ${mostCallBytes}`);
    },

    'one that looks at single updates says that it needs them'() {
      const { onReceive, requires, removes = [] } = create();
      if (!onReceive || removes.includes('individual-updates')) return;
      assert.ok(requires.includes('individual-updates'), 'it has onReceive(), and does not require individual-updates');
    },

    'the plan that it was made for is accepted, unchanged'() {
      const frozen = deepFreeze(structuredClone(plan));
      const mechanism = create();
      mechanism.validate?.(frozen);
      if (isTrainingPlan(frozen)) mechanism.gradient?.(frozen);
      mechanism.event?.({ plan: frozen, round: 0 }); // writing to a frozen plan throws
    },
  };
  return {
    ...checks,
    ...(create().claims ? claimChecks(create) : {}),
    ...(create().gradient && isTrainingPlan(plan) ? gradientChecks(create, plan) : {}),
    ...(rejects.length > 0 ? refusalChecks(create, rejects) : {}),
  };
}

function claimChecks(create: () => PrivacyMechanism): Checks {
  return {
    'a claim names an epsilon and a delta'() {
      const { epsilon, delta, note } = create().claims!;
      assert.ok(epsilon > 0 && Number.isFinite(epsilon), `the claimed epsilon is ${epsilon}`);
      assert.ok(delta > 0 && delta < 1, `the claimed delta is ${delta}`);
      assert.ok(note.trim() !== '', 'the note on the claim is empty');
    },
  };
}

function gradientChecks(create: () => PrivacyMechanism, plan: TrainingPlan): Checks {
  return {
    'what it asks of a gradient is in range, and always the same'() {
      const mechanism = create();
      const asked = mechanism.gradient!(plan);
      const { clip, clipNorm, noiseMultiplier } = asked;
      assert.ok(['per-example', 'batch-mean'].includes(clip), `clip is ${clip}`);
      assert.ok(clipNorm > 0 && Number.isFinite(clipNorm), `clipNorm is ${clipNorm}`);
      assert.ok(noiseMultiplier >= 0 && Number.isFinite(noiseMultiplier), `noiseMultiplier is ${noiseMultiplier}`);
      assertSame(mechanism.gradient!(plan), asked, 'what it asks of a gradient, asked again');
      assertSame(create().gradient!(plan), asked, 'what a new one asks of a gradient');
    },
  };
}

function refusalChecks(create: () => PrivacyMechanism, rejects: readonly Plan[]): Checks {
  return {
    async 'a plan under which its promise is not true is refused'() {
      const mechanism = create();
      assert.ok(mechanism.validate, 'it has no validate(), so it refuses nothing');
      for (const [i, rejected] of rejects.entries())
        await refuses(['CONFIG_INCOMPATIBLE', 'CONFIG_INVALID'], `rejects[${i}] (${rejected.name})`, () =>
          mechanism.validate!(structuredClone(rejected)),
        );
    },
  };
}
