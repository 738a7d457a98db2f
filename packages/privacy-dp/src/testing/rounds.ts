import {
  createLayout,
  createParameters,
  Random,
  SeededNoise,
  type Aggregate,
  type Parameters,
  type Plan,
  type PrepareContext,
  type PrivacyMechanism,
  type Released,
  type ReleaseContext,
  type SiteContext,
  type State,
  type Update,
} from '@fedward/core';

export const noiseOf = (seed: string | number): SeededNoise => new SeededNoise(new Random(`noise ${seed}`));

/** What a hook gives that waits for nothing. */
export function now<T>(value: T | Promise<T>): T {
  if (value instanceof Promise) throw new Error('the hook waits for something');
  return value;
}

export function parametersOf(values: ArrayLike<number>): Parameters {
  return createParameters(createLayout([{ name: 'w', shape: [values.length] }]), Float32Array.from(values));
}

export function updateOf(values: ArrayLike<number>, clientId = 'hospital-0'): Update {
  const payload = parametersOf(values);
  return { clientId, baseRound: 0, payload, weight: 1, metrics: {}, spent: [], simulationOnly: true };
}

/** The sum of updates as a reduction makes it. */
export function sumOf(updates: readonly Update[], size: number): Aggregate {
  const payload = new Float64Array(size);
  for (const { payload: update, weight } of updates)
    for (let i = 0; i < size; i++) payload[i]! += weight * update.values[i]!;
  return { payload, divisor: updates.reduce((sum, { weight }) => sum + weight, 0), count: updates.length };
}

/** What a mechanism sees of a round at a site. */
export function siteOf(plan: Plan, changes: Partial<SiteContext> = {}): SiteContext {
  return {
    ...{ clientId: 'hospital-0', runId: 'run-1', round: 0, plan, cohort: ['hospital-0'] },
    ...{ kept: { get: () => null, set: () => undefined }, told: {}, sent: parametersOf([0]) },
    ...{ noise: noiseOf('site'), sensitivity: undefined },
    ...changes,
  };
}

/** What a mechanism sees of a round at the server. */
export function roundOf<S extends State>(
  mechanism: PrivacyMechanism<S>,
  plan: Plan,
  changes: Partial<ReleaseContext<S>> = {},
): ReleaseContext<S> & PrepareContext<S> {
  const nobody = () => Promise.reject(new Error('nobody is there to be asked'));
  return {
    runId: 'run-1',
    round: 0,
    plan,
    population: 1,
    cohort: ['hospital-0'],
    participants: ['hospital-0'],
    sampling: { kind: 'all' },
    state: mechanism.init?.(plan) ?? (null as S),
    tally: 0,
    noise: noiseOf('server'),
    ask: nobody,
    leaveOut: (id) => {
      throw new Error(`${id} was left out`);
    },
    ...changes,
  };
}

/** What a mechanism makes of a sum. */
export function released<S extends State>(
  mechanism: PrivacyMechanism<S>,
  sum: Aggregate,
  context: ReleaseContext<S>,
): Released<S> {
  return now(mechanism.onRelease!(sum, context));
}

/** What a mechanism adds to sums of nothing, round after round: [rounds][size]. */
export function noisesOf<S extends State>(mechanism: PrivacyMechanism<S>, plan: Plan, size: number): Float64Array[] {
  let state = mechanism.init?.(plan) ?? (null as S);
  return Array.from({ length: plan.rounds }, (_, round) => {
    const cohort = [`hospital-${round % (plan.cohort.select === 'cyclic' ? plan.cohort.groups : 1)}`];
    const context = roundOf(mechanism, plan, { round, state, cohort, noise: noiseOf(round) });
    if (mechanism.instruct) now(mechanism.instruct(context));
    const next = released(mechanism, { payload: new Float64Array(size), divisor: 1, count: 1 }, context);
    state = next.state ?? state;
    return next.payload;
  });
}

export function standardDeviation(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0) / values.length);
}
