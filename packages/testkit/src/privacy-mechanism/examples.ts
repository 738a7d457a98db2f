import {
  createLayout,
  createParameters,
  Random,
  SeededNoise,
  selectorOf,
  type Aggregate,
  type Update,
  type NoiseSource,
  type PrivacyMechanism,
  type ReleaseContext,
  type SiteContext,
  type TrainingPlan,
} from '@fedward/core';
import { clientContext, exampleResult, randomParameters, roundContext } from '../support/fixtures.js';

const layoutOf = (size: number) => createLayout([{ name: '0.dense.kernel', shape: [size] }]);

/** An update of this many values. What was sent is all zeros, so that it is its own change. */
export function someUpdate(size: number, scale = 1): Update {
  const layout = layoutOf(size);
  return exampleResult('hospital-0', randomParameters(new Random('update'), layout, scale), {
    weight: 20,
    metrics: { loss: 0.5, accuracy: 0.75 },
    spent: [{ type: 'gaussian', noiseMultiplier: 9 }],
  });
}

export function someAggregate(size: number, scale = 1): Aggregate {
  const random = new Random('aggregate');
  return { payload: Float64Array.from({ length: size }, () => scale * random.normal()), divisor: 60, count: 3 };
}

export const seeded = (seed: string): NoiseSource => new SeededNoise(new Random(`mechanism ${seed}`));

const clients = ['hospital-0', 'hospital-1', 'hospital-2'];

/** What a mechanism sees at the server in a round in which this many zeros were sent, before it remembers anything. */
export function releaseContext(
  mechanism: PrivacyMechanism,
  plan: TrainingPlan,
  size: number,
  noise: NoiseSource = seeded('release'),
  round = 0,
): ReleaseContext {
  const chosen = selectorOf(plan)(clients, new Random('cohort'), round);
  const state = mechanism.init?.(plan) ?? null;
  return {
    ...roundContext(plan, clients, round),
    ...chosen,
    sent: createParameters(layoutOf(size)),
    state,
    tally: 0,
    noise,
  };
}

/** The same at a site. */
export function siteContext(
  mechanism: PrivacyMechanism,
  plan: TrainingPlan,
  size: number,
  noise: NoiseSource = seeded('site'),
): SiteContext {
  const server = releaseContext(mechanism, plan, size);
  return { ...clientContext(plan, { noise }), sent: server.sent, told: mechanism.instruct?.(server) ?? {} };
}
