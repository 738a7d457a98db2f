import type { DpEvent, TrainingPlan } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { gaussianAccountant, gaussianEpsilon } from '../accounting/index.js';
import { planWith, queryPlanWith, shuffle } from '../testing/plan.js';
import { noisesOf, now, released, roundOf } from '../testing/rounds.js';
import { squareRootCoefficients } from './banded-toeplitz.js';
import { dpFtrl } from './dp-ftrl.js';

const options = { clipNorm: 2, noiseMultiplier: 0.7, expectedClients: 4, bands: 4 };
const planOf = (cohort: TrainingPlan['cohort'], rounds = 12): TrainingPlan => ({
  ...planWith(shuffle, { unit: 'hospital' }),
  cohort,
  rounds,
});
const cyclic = planOf({ select: 'cyclic', groups: 4 });
const everyone = planOf({ select: 'all' });

/** C^(-1) of this many rounds. */
function inverse(bands: number, rounds: number): number[][] {
  const c = squareRootCoefficients(bands);
  const rows: number[][] = [];
  for (let t = 0; t < rounds; t++)
    rows.push(
      Array.from({ length: rounds }, (_, j) => {
        const before = c.slice(1).reduce((sum, x, k) => sum + x * (rows[t - k - 1]?.[j] ?? 0), 0);
        return (t === j ? 1 : 0) - before;
      }),
    );
  return rows;
}
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, x, i) => sum + x * b[i]!, 0);

/** The events of the rounds in which this turn is asked. */
const eventsOf = (mechanism: ReturnType<typeof dpFtrl>, plan: TrainingPlan, turns: number, turn: number): DpEvent[] =>
  Array.from({ length: plan.rounds }, (_, round) => round)
    .filter((round) => round % turns === turn)
    .map((round) => mechanism.event!({ plan, round }));

describe('dpFtrl', () => {
  it.each([
    [0.7, 'hospitals that take turns', cyclic, 4],
    [2.3, 'hospitals that take turns', cyclic, 4],
    [2.3, 'every hospital in every round', everyone, 1],
  ])('with noise multiplier %s has the covariance C^-1 C^-T, for %s', (noiseMultiplier, _, plan, turns) => {
    const size = 10_000;
    const mechanism = dpFtrl({ ...options, noiseMultiplier });
    const noises = noisesOf(mechanism, plan, size);
    const rows = inverse(4, plan.rounds);
    const c = squareRootCoefficients(4);
    // C applied to who is asked in the first turn: no other has a later last round, or more of them.
    const reach = rows.map((_, i) => c.reduce((sum, x, k) => sum + (i >= k && (i - k) % turns === 0 ? x : 0), 0));
    const variance = noiseMultiplier ** 2 * 2 ** 2 * dot(reach, reach);
    for (let t = 0; t < plan.rounds; t++)
      for (let s = 0; s <= t; s++) {
        const [expected, found] = [variance * dot(rows[t]!, rows[s]!), dot(noises[t]!, noises[s]!) / size];
        const own = [t, s].map((i) => variance * dot(rows[i]!, rows[i]!));
        // Isserlis: the variance of a product of normals is S_tt S_ss + S_ts^2.
        expect(Math.abs(found - expected)).toBeLessThan(6 * Math.sqrt((own[0]! * own[1]! + expected ** 2) / size));
      }
  });

  it.each([
    ['hospitals that take turns', cyclic, 4],
    ['every hospital in every round', everyone, 1],
    ['more bands than turns', planOf({ select: 'cyclic', groups: 2 }), 2],
  ])('charges rounds that add up to one Gaussian release, for %s', (_, plan, turns) => {
    const mechanism = dpFtrl(options);
    const epsilons = Array.from({ length: turns }, (_, turn) => {
      const accountant = gaussianAccountant()('add-or-remove-one');
      for (const event of eventsOf(mechanism, plan, turns, turn)) accountant.compose(event);
      return accountant.epsilon(1e-5);
    });
    const whole = gaussianEpsilon(1 / 0.7, 1e-5);
    expect(Math.max(...epsilons)).toBeCloseTo(whole, 9);
    epsilons.forEach((epsilon) => expect(epsilon).toBeLessThan(whole * (1 + 1e-12)));
  });

  /** Mean squared error of the prefix sums at noise multiplier 1, over that of independent noise. */
  const gain = (plan: TrainingPlan, bands: number, size = 2000): number => {
    const errorOf = (bands: number): number => {
      const noises = noisesOf(dpFtrl({ ...options, noiseMultiplier: 1, bands }), plan, size);
      const prefix = new Float64Array(size);
      return noises.reduce((sum, noise) => sum + dot(noise.map((x, i) => (prefix[i]! += x)), prefix), 0); // prettier-ignore
    };
    return errorOf(bands) / errorOf(1);
  };

  it('has much smaller prefix sums than independent noise at the same epsilon where hospitals take turns', () => {
    const plan = planOf({ select: 'cyclic', groups: 16 }, 64);
    expect(gain(plan, 16)).toBeLessThan(0.5);
    expect(gain(plan, 16)).toBeLessThan(gain(plan, 4));
    expect(gain(plan, 4)).toBeLessThan(gain(plan, 2));
  });

  it('has larger ones where every hospital is in every round, as its description says', () => {
    expect(gain(planOf({ select: 'all' }, 30), 8)).toBeGreaterThan(1.2);
  });

  it('goes on after any round with the noise that it had', () => {
    const [whole, again] = [noisesOf(dpFtrl(options), cyclic, 5), noisesOf(dpFtrl(options), cyclic, 5)];
    expect(again).toEqual(whole);
    const first = roundOf(dpFtrl(options), cyclic);
    let { state } = first;
    for (let round = 0; round < 8; round++) {
      const context = { ...first, round, state, cohort: [`hospital-${round % 4}`] };
      state = released(dpFtrl(options), { payload: new Float64Array(1), divisor: 1, count: 1 }, context).state!;
    }
    expect(state.noises).toHaveLength(3); // bands - 1, however many rounds
  });

  it('refuses a hospital that is not on its turn', () => {
    const mechanism = dpFtrl(options);
    const state = { noises: [], turns: { 'hospital-1': 1 } };
    const at = (round: number) => roundOf(mechanism, cyclic, { round, state, cohort: ['hospital-1'] }); // prettier-ignore
    expect(() => now(mechanism.instruct!(at(5)))).not.toThrow();
    expect(() => now(mechanism.instruct!(at(6)))).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'cohort', message: expect.stringContaining('hospital-1') }), // prettier-ignore
    );
  });

  it('refuses rounds that are skipped, which bring the turns of a hospital closer than they are priced', () => {
    const skipping = { ...cyclic, onMissedQuorum: 'skip' as const };
    expect(() => dpFtrl(options).validate?.(skipping)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'onMissedQuorum' }),
    );
    expect(() => dpFtrl(options).validate?.({ ...skipping, onMissedQuorum: 'fail' })).not.toThrow();
  });

  it('refuses turns that are shuffled: two of a hospital may follow one another, and are priced far apart', () => {
    const shuffled = planOf({ select: 'cyclic', groups: 4, order: 'shuffled' });
    const refused = expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'cohort.order' }) as Error;
    expect(() => dpFtrl(options).validate?.(shuffled)).toThrow(refused);
    expect(() => dpFtrl(options).event?.({ plan: shuffled, round: 0 })).toThrow(refused);
    expect(() => dpFtrl(options).validate?.(planOf({ select: 'cyclic', groups: 4, order: 'fixed' }))).not.toThrow();
  });

  it('refuses cohorts that are drawn, and other units', () => {
    expect(() => dpFtrl(options).validate?.(planOf({ select: 'uniform', size: 2 }))).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'cohort.select' }),
    );
    expect(() => dpFtrl(options).validate?.({ ...planWith(shuffle), cohort: { select: 'all' } })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'privacy.unit' }),
    );
    expect(() => dpFtrl(options).validate?.({ ...queryPlanWith({ unit: 'hospital' }) })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INCOMPATIBLE',
        message: expect.stringMatching(/^dp-ftrl .*training.*counts/),
      }),
    );
    expect(() => dpFtrl({ ...options, bands: 0 })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'options.bands' }),
    );
  });

  it('states no finite epsilon without noise', () => {
    const silent = dpFtrl({ ...options, noiseMultiplier: 0 });
    expect(silent.event?.({ plan: cyclic, round: 0 }).type).toBe('non-private');
  });
});
