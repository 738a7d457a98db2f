import assert from 'node:assert/strict';
import { isTrainingPlan, noNoise, type Plan, type PrivacyMechanism, type Update } from '@fedward/core';
import { assertGaussian } from '../support/statistics.js';
import type { Checks } from '../suite.js';
import { releaseContext, seeded, siteContext, someUpdate, zeroUpdate } from './examples.js';
import { noisy, noisyHooks, spread, statedMultipliers, type NoisyHook } from './noisy-hooks.js';

const size = 30;

/**
 * That what noise is added to is bounded: noise hides nothing of a sum that one update can move as far as it likes. A
 * mechanism that leaves the bound to the query requires `bounded-answers`, and its noise goes with what the query says.
 *
 * @param sensitivity where it is not given, it is the deviation of the noise over the noise multiplier that is stated
 */
export function clippingChecks(create: () => PrivacyMechanism, plan: Plan, sensitivity: number | undefined): Checks {
  const stated = statedMultipliers(create(), plan);
  if (stated.length === 0) return {};
  const multiplier = Math.min(...stated);
  const trustsTheQuery = create().requires.includes('bounded-answers');

  if (trustsTheQuery)
    return {
      async 'its noise goes with the sensitivity that the query says'() {
        for (const said of [0.3, 2, 50])
          for (const hook of await noisy(noisyHooks(create, plan, said)))
            if (hook.name === 'onClient')
              assertGaussian(await hook.noise(20_000, seeded('a')), said * multiplier, hook.name);
      },
    };
  return {
    async 'no update moves what the noise is added to by more than the sensitivity'() {
      const hooks = await noisy(noisyHooks(create, plan, sensitivity));
      for (const { name, noise } of hooks) {
        const limit = sensitivity ?? (1.03 * spread(await noise(20_000, seeded('a')))) / multiplier;
        for (const [what, update] of extremes(plan)) {
          const moved = distance(
            await noisedUpon(create(), plan, name, update),
            await noisedUpon(create(), plan, name, neighbour(create(), update, plan)),
          );
          assert.ok(
            moved <= limit * (1 + 1e-5),
            `${name}: ${what} moves what the noise is added to by ${moved}; the noise is for ${limit}`,
          );
        }
      }
    },
  };
}

/** Updates as no honest site has them. */
function extremes(plan: Plan): [string, Update][] {
  const one = someUpdate(size, 1, plan);
  const values = one.payload.values.map(() => 0);
  values[3] = -1e30;
  return [
    ['an update of norm 5', someUpdate(size, 1, plan)],
    ['an update of norm 50,000', someUpdate(size, 1e4, plan)],
    ['an update with one value of -1e30', { ...one, payload: { layout: one.payload.layout, values } }],
  ];
}

/** The update that is there in the place of this one, in neighbouring data. */
function neighbour({ adjacency }: PrivacyMechanism, update: Update, plan: Plan): Update {
  if (adjacency !== 'replace-one') return zeroUpdate(size, plan);
  const { layout, values } = update.payload;
  return { ...update, payload: { layout, values: values.map((x) => -x) } };
}

/** What an update is, or adds to, where noise is added. */
async function noisedUpon(
  mechanism: PrivacyMechanism,
  plan: Plan,
  hook: NoisyHook['name'],
  update: Update,
): Promise<Float64Array> {
  // Where neighbours may differ in their number of records every weight is 1: core takes no other.
  const weight = mechanism.adjacency === 'replace-one' && isTrainingPlan(plan) ? update.weight : 1;
  const context = await siteContext(mechanism, plan, { noise: noNoise });
  const sent = (await mechanism.onClient?.({ ...update, weight }, context)) ?? { ...update, weight };
  if (hook === 'onClient') return Float64Array.from(sent.payload.values);
  const received = mechanism.onReceive?.(sent, releaseContext(mechanism, plan)) ?? sent;
  return Float64Array.from(received.payload.values, (x) => x * received.weight);
}

function distance(a: Float64Array, b: Float64Array): number {
  return Math.hypot(...a.map((x, i) => x - b[i]!));
}
