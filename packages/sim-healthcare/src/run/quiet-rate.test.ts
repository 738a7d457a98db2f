import { parsePlan, Random, type TrainingPlan } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { quietRate } from './quiet-rate.js';

const poisson = { kind: 'poisson', probability: 1, steps: 2, expectedSize: 20 } as const;
const noisy = { clipNorm: 1.5, noiseMultiplier: 4 };

function planOf(options: object | null, changes: { rounds?: number; batches?: object; learningRate?: number } = {}) {
  return parsePlan({
    ...{ schemaVersion: 1, name: 'quiet', seed: 1, rounds: changes.rounds ?? 8 },
    model: { inputShape: [3], layers: [{ type: 'dense', units: 1 }], loss: 'sigmoid-cross-entropy' },
    training: {
      trainer: 'wasm',
      batches: changes.batches ?? poisson,
      optimizer: { name: 'sgd', learningRate: changes.learningRate ?? 10 },
    },
    aggregator: { name: 'fedavg' },
    ...(options && { privacy: { mechanisms: [{ name: 'dp-sgd', options }], accountant: 'rdp', delta: 1e-3 } }),
  });
}

/** One weight after all rounds, of steps that are nothing but noise at each of `hospitals`, whose mean is taken each round. */
function driftOf({ rounds }: TrainingPlan, rate: number, hospitals: number, random: Random): number {
  let weight = 0;
  for (let round = 0; round < rounds; round++) {
    let sum = 0;
    for (let hospital = 0; hospital < hospitals; hospital++) {
      let own = weight;
      for (let step = 0; step < poisson.steps; step++)
        own -= (rate * noisy.noiseMultiplier * noisy.clipNorm * random.normal()) / poisson.expectedSize;
      sum += own;
    }
    weight = sum / hospitals;
  }
  return weight;
}

describe('quietRate', () => {
  it.each([1, 4])(
    'is that by which the noise of all steps at %i hospitals moves a weight by the limit',
    (hospitals) => {
      const plan = planOf(noisy);
      const rate = quietRate(plan, hospitals, 0.1);
      expect(rate).toBeLessThan(10);
      const random = new Random(`quiet ${hospitals}`);
      const runs = 4000;
      let squares = 0;
      for (let run = 0; run < runs; run++) squares += driftOf(plan, rate, hospitals, random) ** 2;
      // The standard error of a standard deviation of 4000 is 1.1 %.
      expect(Math.abs(Math.sqrt(squares / runs) / 0.1 - 1)).toBeLessThan(0.05);
    },
  );

  it('is the plan’s own where the noise is less than the limit anyway', () => {
    // sqrt(16) * 4 * 1.5 / 20 = 1.2 of a rate of 1, at one hospital
    expect(quietRate(planOf(noisy), 1, 0.12)).toBeCloseTo(0.1, 12);
    expect(quietRate(planOf(noisy, { learningRate: 0.1 }), 1, 0.121)).toBe(0.1);
    expect(quietRate(planOf(noisy, { learningRate: 0.1 }), 1, 0.06)).toBeCloseTo(0.05, 12);
  });

  it('is the plan’s own where no step has noise that the plan tells of', () => {
    const silent = [
      ...[null, { ...noisy, noiseMultiplier: 0 }, { clipNorm: 1 }, { noiseMultiplier: 4 }].map((o) => planOf(o)),
      planOf(noisy, { batches: { kind: 'shuffle', size: 20, epochs: 2 } }),
      planOf(noisy, { batches: { kind: 'steps', size: 20, steps: 2 } }),
    ];
    for (const plan of silent) expect(quietRate(plan, 4, 1e-6)).toBe(10);
  });

  it('is of the first mechanism with noise, whatever stands before it', () => {
    const plan = planOf(noisy);
    const mechanisms = [{ name: 'secagg', options: {} }, ...plan.privacy!.mechanisms];
    expect(quietRate({ ...plan, privacy: { ...plan.privacy!, mechanisms } }, 4, 0.1)).toBe(quietRate(plan, 4, 0.1));
  });
});
