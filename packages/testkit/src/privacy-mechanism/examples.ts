import {
  createLayout,
  FedwardError,
  isTrainingPlan,
  Random,
  SeededNoise,
  selectorOf,
  type Aggregate,
  type Update,
  type Kept,
  type NoiseSource,
  type Plan,
  type PrepareContext,
  type PrivacyMechanism,
  type ReleaseContext,
  type SiteContext,
  type State,
} from '@fedward/core';
import { exampleResult, randomParameters, roundContext } from '../support/fixtures.js';

const layoutOf = (size: number) => createLayout([{ name: '0.dense.kernel', shape: [size] }]);

/** A change of this many values; under a query plan an answer, in float64. */
export function someUpdate(size: number, scale = 1, plan?: Plan): Update {
  const { layout, values } = randomParameters(new Random('update'), layoutOf(size), scale);
  const answers = plan !== undefined && !isTrainingPlan(plan);
  return exampleResult(
    'hospital-0',
    { layout, values: answers ? Float64Array.from(values) : values },
    {
      weight: answers ? 1 : 20,
      metrics: { loss: 0.5, accuracy: 0.75 },
      spent: [{ type: 'gaussian', noiseMultiplier: 9 }],
    },
  );
}

/** The same with zeros: what comes out of it is noise alone. */
export function zeroUpdate(size: number, plan?: Plan): Update {
  return someUpdate(size, 0, plan);
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
  plan: Plan,
  noise: NoiseSource = seeded('release'),
  round = 0,
  sites: ReadonlyMap<string, Kept> = new Map(),
): ReleaseContext & PrepareContext {
  const chosen = selectorOf(plan)(clients, new Random('cohort'), round);
  const state = mechanism.init?.(plan) ?? null;
  return {
    ...roundContext(plan, clients, round),
    ...chosen,
    participants: chosen.cohort,
    ask: (clientId, body) => answerOf(mechanism, plan, clientId, body, round, sites.get(clientId) ?? place()),
    leaveOut: () => undefined,
    state,
    tally: 0,
    noise,
  };
}

async function answerOf(
  mechanism: PrivacyMechanism,
  plan: Plan,
  clientId: string,
  body: State,
  round: number,
  kept: Kept,
): Promise<State> {
  if (!mechanism.onCall) throw new FedwardError('CONFIG_INCOMPATIBLE', `${mechanism.name} answers no calls`);
  return mechanism.onCall(body, { clientId, runId: 'run-1', round, plan, cohort: clients, kept });
}

/** A place for one state, in memory. */
export function place(): Kept {
  let state: State = null;
  return {
    get: () => state,
    set: (next) => void (state = next),
  };
}

/** What a mechanism sees at a site, once its half at the server has told it what it tells, and was answered. */
export async function siteContext(
  mechanism: PrivacyMechanism,
  plan: Plan,
  {
    noise = seeded('site'),
    sensitivity,
  }: { readonly noise?: NoiseSource; readonly sensitivity?: number | undefined } = {},
): Promise<SiteContext> {
  const sites = new Map(clients.map((id) => [id, place()]));
  const told = (await mechanism.instruct?.(releaseContext(mechanism, plan, seeded('release'), 0, sites))) ?? {};
  return {
    ...{ clientId: 'hospital-0', runId: 'run-1', round: 0, plan, cohort: clients },
    ...{ kept: sites.get('hospital-0')!, told, sent: someUpdate(30, 1, plan).payload, noise },
    sensitivity: isTrainingPlan(plan) ? undefined : (sensitivity ?? 1),
  };
}

/**
 * A sum, and what the half at the server sees at its release: of a mechanism that turns updates into another form one of what
 * its own half at the sites gives, since it could read no other.
 */
export async function summedBy(
  mechanism: PrivacyMechanism,
  plan: Plan,
): Promise<{ readonly aggregate: Aggregate; readonly context: ReleaseContext }> {
  if (!mechanism.form) return { aggregate: someAggregate(30), context: releaseContext(mechanism, plan) };
  const sites = new Map(clients.map((id) => [id, place()]));
  const context = releaseContext(mechanism, plan, seeded('release'), 0, sites);
  const told = (await mechanism.instruct?.(context)) ?? {};
  let payload: Float64Array | undefined;
  for (const clientId of context.participants) {
    const given = { ...someUpdate(30, 1, plan), clientId };
    const { runId, round, cohort } = context;
    const site = { clientId, runId, round, plan, cohort, kept: sites.get(clientId)!, told, sent: given.payload };
    const sensitivity = isTrainingPlan(plan) ? undefined : 1;
    const update = await mechanism.onClient?.(given, { ...site, noise: seeded(clientId), sensitivity });
    const { values } = (update ?? given).payload;
    const sum = (payload ??= new Float64Array(values.length));
    values.forEach((value, i) => (sum[i]! += value));
  }
  const count = context.participants.length;
  return { aggregate: { payload: payload!, divisor: count, count }, context };
}
