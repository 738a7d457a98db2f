import {
  createLayout,
  createParameters,
  Random,
  SeededNoise,
  type Aggregate,
  type Update,
  type Parameters,
  type PrivacyMechanism,
  type ReleaseContext,
  type State,
  type TrainingPlan,
} from '@fedward/core';

export const noiseOf = (seed: string | number): SeededNoise => new SeededNoise(new Random(`noise ${seed}`));

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
  for (const { payload: update, weight } of updates) update.values.forEach((x, i) => (payload[i]! += weight * x));
  return { payload, divisor: updates.reduce((sum, { weight }) => sum + weight, 0), count: updates.length };
}

/** What a mechanism sees of a round at the server. */
export function roundOf<S extends State>(
  mechanism: PrivacyMechanism<S>,
  plan: TrainingPlan,
  changes: Partial<ReleaseContext<S>> & Pick<ReleaseContext<S>, 'sent'>,
): ReleaseContext<S> {
  return {
    runId: 'run-1',
    round: 0,
    plan,
    cohort: ['hospital-0'],
    sampling: { kind: 'all' },
    state: mechanism.init?.(plan) ?? (null as S),
    tally: 0,
    noise: noiseOf('server'),
    ...changes,
  };
}

/** What a mechanism adds to sums of nothing, round after round: [rounds][size]. */
export function noisesOf<S extends State>(
  mechanism: PrivacyMechanism<S>,
  plan: TrainingPlan,
  size: number,
): Float64Array[] {
  const sent = parametersOf(new Float32Array(size));
  let state = mechanism.init?.(plan) ?? (null as S);
  return Array.from({ length: plan.rounds }, (_, round) => {
    const cohort = [`hospital-${round % (plan.cohort.select === 'cyclic' ? plan.cohort.groups : 1)}`];
    const context = roundOf(mechanism, plan, { sent, round, state, cohort, noise: noiseOf(round) });
    mechanism.instruct?.(context);
    const released = mechanism.onRelease!({ payload: new Float64Array(size), divisor: 1, count: 1 }, context);
    state = released.state ?? state;
    return released.payload;
  });
}

export function standardDeviation(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0) / values.length);
}
