import { composeEvents, type DpEvent } from '@fedward/core';
import { clipFactor } from '@fedward/core/training';
import { describe, expect, it } from 'vitest';
import { gaussianAccountant } from '../accounting/index.js';
import { planWith, poisson, shuffle } from '../testing/plan.js';
import { dataFolder, readReference, relativeError } from '../testing/reference.js';
import { tutorial041 } from './tutorial-041.js';

const options = { epsilon: 1, delta: 1e-5, clipNorm: 1 };

/** What 30 rounds cost by the exact accountant. */
const spent = (event: DpEvent, rounds = 30): number => {
  const accountant = gaussianAccountant()('replace-one');
  for (let round = 0; round < rounds; round++) accountant.compose(event);
  return accountant.epsilon(1e-5);
};

describe('tutorial041', () => {
  it("asks for the tutorial's clipping and noise", () => {
    const mechanism = tutorial041({ epsilon: 2, delta: 1e-3, clipNorm: 0.7 });
    const gradient = mechanism.gradient!(planWith(shuffle));
    expect(gradient).toMatchObject({ clip: 'batch-mean', clipNorm: 0.7 });
    // sigma of a batch of 30, as the tutorial writes it: C sqrt(2 ln(1.25 / delta)) / epsilon / 30
    const sigma = (0.7 * Math.sqrt(2 * Math.log(1.25 / 1e-3))) / 2 / 30;
    expect((gradient.noiseMultiplier * gradient.clipNorm) / 30).toBeCloseTo(sigma, 14);
  });

  it('claims what the tutorial claims, and spends 8386.2', () => {
    const mechanism = tutorial041(options);
    expect(mechanism.claims).toMatchObject({ epsilon: 1, delta: 1e-5 });
    expect(mechanism.adjacency).toBe('replace-one');
    const event = mechanism.event!({ plan: planWith(shuffle), round: 0 });
    expect(event).toMatchObject({ type: 'repeated', count: 3, event: { type: 'gaussian' } });
    expect(spent(event)).toBeCloseTo(8386.2, 1);
  });

  it('charges the batch with the least noise: a larger batch size costs more', () => {
    const epsilons = [1, 16, 30, 32, 64].map((size) =>
      spent(tutorial041(options).event!({ plan: planWith({ ...shuffle, size }), round: 0 })),
    );
    expect(epsilons).toEqual(epsilons.toSorted((a, b) => a - b));
    expect(new Set(epsilons).size).toBe(5);
  });

  it('refuses batches that it is not priced for, and the patient as unit', () => {
    const mechanism = tutorial041(options);
    expect(() => mechanism.validate?.(planWith(poisson))).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INCOMPATIBLE',
        subject: 'training.batches.kind',
        message: expect.stringMatching(/is poisson.*kind: shuffle/),
      }),
    );
    expect(() => mechanism.event?.({ plan: planWith(poisson), round: 0 })).toThrow(/training\.batches\.kind/);
    expect(() => mechanism.validate?.(planWith(shuffle, { unit: 'patient' }))).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'privacy.unit' }),
    );
    expect(() => mechanism.validate?.(planWith(shuffle))).not.toThrow();
  });

  it.each([
    [{ ...options, epsilon: 0 }, 'epsilon'],
    [{ ...options, delta: 1 }, 'delta'],
    [{ ...options, delta: 0 }, 'delta'],
    [{ ...options, clipNorm: -1 }, 'clipNorm'],
    [{ ...options, noiseMultiplier: 1 }, 'noiseMultiplier'],
  ])('refuses %j, naming the key', (wrong, key) => {
    const path = 'privacy.mechanisms.0.options';
    expect(() => tutorial041(wrong as never, path)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', subject: `${path}.${key}` }),
    );
  });
});

describe.skipIf(!dataFolder)('tutorial041 against seed_tutorial_budget.json (needs FEDWARD_DATA)', () => {
  it('has its effective noise multiplier and its budget', () => {
    const budget = readReference<{
      effective_noise_multiplier: { value: number };
      'results_at_delta_1e-5': Record<string, { epsilon_exact: number }>;
    }>('seed_tutorial_budget.json');
    const event = tutorial041(options).event!({ plan: planWith(shuffle), round: 0 });
    const releases = composeEvents(...Array<DpEvent>(30).fill(event));
    if (releases.type !== 'repeated' || releases.event.type !== 'gaussian') return expect.unreachable();
    expect(releases.count).toBe(90);
    expect(relativeError(releases.event.noiseMultiplier, budget.effective_noise_multiplier.value)).toBeLessThan(1e-14);
    const exact = budget['results_at_delta_1e-5'];
    expect(relativeError(spent(event), exact['shuffled_partition_90_participations']!.epsilon_exact)).toBeLessThan(
      1e-12,
    );
    expect(relativeError(spent(releases.event, 1), exact['one_step_no_amplification']!.epsilon_exact)).toBeLessThan(
      1e-12,
    );
  });
});

it.skipIf(!dataFolder)(
  'moves a clipped mean by up to 2C with one record (seed_tutorial_budget.json, FEDWARD_DATA)',
  () => {
    const { worked_example: example } = readReference<{
      sensitivity: { worked_example: { batch_size: number; distance: number; correct_distance: number } };
    }>('seed_tutorial_budget.json').sensitivity;
    const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
    const clip = (x: number): number => x * clipFactor(1, Math.abs(x));
    const batch = (record: number): number[] => [...Array<number>(example.batch_size - 1).fill(1.1), record];
    const moved = (of: (values: number[]) => number): number => of(batch(100)) - of(batch(-100));
    // What trainers do stays below the clip norm by 4e-6 of it.
    expect(moved((values) => clip(mean(values))) / example.distance).toBeCloseTo(1, 5);
    expect(moved((values) => mean(values.map(clip))) / example.correct_distance).toBeCloseTo(1, 5);
  },
);
