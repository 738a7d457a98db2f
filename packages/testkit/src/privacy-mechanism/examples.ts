import {
  createLayout,
  FedwardError,
  Random,
  SeededNoise,
  selectorOf,
  type Aggregate,
  type Update,
  type Kept,
  type NoiseSource,
  type PrepareContext,
  type PrivacyMechanism,
  type ReleaseContext,
  type SiteContext,
  type State,
  type TrainingPlan,
} from '@fedward/core';
import { exampleResult, randomParameters, roundContext } from '../support/fixtures.js';

const layoutOf = (size: number) => createLayout([{ name: '0.dense.kernel', shape: [size] }]);

/** A change of this many values. */
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

/** What a mechanism sees at the server at its release, before it remembers anything. Its half at the sites is its own. */
export function releaseContext(
  mechanism: PrivacyMechanism,
  plan: TrainingPlan,
  noise: NoiseSource = seeded('release'),
  round = 0,
): ReleaseContext & PrepareContext {
  const chosen = selectorOf(plan)(clients, new Random('cohort'), round);
  const state = mechanism.init?.(plan) ?? null;
  return {
    ...roundContext(plan, clients, round),
    ...chosen,
    participants: chosen.cohort,
    ask: (clientId, body) => answerOf(mechanism, plan, clientId, body, round),
    leaveOut: () => undefined,
    state,
    tally: 0,
    noise,
  };
}

async function answerOf(
  mechanism: PrivacyMechanism,
  plan: TrainingPlan,
  clientId: string,
  body: State,
  round: number,
): Promise<State> {
  if (!mechanism.onCall) throw new FedwardError('CONFIG_INCOMPATIBLE', `${mechanism.name} answers no calls`);
  return mechanism.onCall(body, { clientId, runId: 'run-1', round, plan, cohort: clients, kept: place() });
}

/** A place for one state, in memory. */
export function place(): Kept {
  let state: State = null;
  return {
    get: () => state,
    set: (next) => void (state = next),
  };
}

/** What a mechanism sees at a site, once its half at the server has told it what it tells. */
export async function siteContext(
  mechanism: PrivacyMechanism,
  plan: TrainingPlan,
  noise: NoiseSource = seeded('site'),
): Promise<SiteContext> {
  const told = (await mechanism.instruct?.(releaseContext(mechanism, plan))) ?? {};
  return {
    ...{ clientId: 'hospital-0', runId: 'run-1', round: 0, plan, cohort: clients },
    ...{ kept: place(), told, noise, sensitivity: undefined },
  };
}
