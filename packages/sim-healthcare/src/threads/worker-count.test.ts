import { parsePlan, type TrainingPlanInput } from '@fedward/core';
import { availableParallelism } from 'node:os';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { populationOf } from '../scenario/population.js';
import { ThreadPool } from './pool.js';
import { poolFor } from './pool-for.js';
import { expectedSeconds, workersFor } from './worker-count.js';

const plan = (changes: Partial<TrainingPlanInput> = {}) =>
  parsePlan({
    schemaVersion: 1,
    name: 'workers',
    seed: 7,
    rounds: 10,
    model: { inputShape: [100], layers: [{ type: 'dense', units: 10 }], loss: 'softmax-cross-entropy' },
    aggregator: { name: 'fedavg' },
    training: {
      trainer: 'any',
      batches: { kind: 'shuffle', size: 10, epochs: 3 },
      optimizer: { name: 'sgd', learningRate: 0.1 },
    },
    ...changes,
  });
const speed = { secondsAStep: 10e-6, multiplyAddsASecond: 6e9 };
const convolution = {
  inputShape: [8, 8, 3],
  layers: [
    { type: 'conv2d', filters: 4, kernelSize: [3, 3], padding: 'same' },
    { type: 'flatten' },
    { type: 'dense', units: 2 },
  ],
  loss: 'softmax-cross-entropy',
} as const;

describe('expectedSeconds', () => {
  it('counts steps, multiply-adds and hospitals', () => {
    // 10 rounds x (4 + 1) hospitals x 3 epochs x ceil(95 / 10) steps of 3 x 1,000 multiply-adds x 10 records
    const seconds = expectedSeconds({ plan: plan(), speed, records: 95, asked: 4, alone: 1 });
    expect(seconds).toBeCloseTo(10 * 5 * 30 * (10e-6 + 30_000 / 6e9), 12);
  });

  it('counts a kernel at each position, and an expected batch', () => {
    const batches = { kind: 'poisson', probability: 0.1, steps: 7, expectedSize: 16 } as const;
    const training = { ...plan().training, batches };
    const work = { speed, records: 5, asked: 1, alone: 0 };
    const seconds = expectedSeconds({ plan: plan({ model: convolution, training }), ...work });
    const products = 8 * 8 * 3 * 3 * 3 * 4 + 8 * 8 * 4 * 2;
    expect(seconds).toBeCloseTo(10 * 7 * (10e-6 + (3 * products * 16) / 6e9), 12);
  });

  it('takes a trainer that does not say how fast it is for a slow one', () => {
    const work = { plan: plan(), records: 95, asked: 4, alone: 1 };
    expect(expectedSeconds(work)).toBeGreaterThan(10 * expectedSeconds({ ...work, speed }));
  });
});

describe('workersFor', () => {
  const hospitals = (rounds: number, asked = 8) => ({ plan: plan({ rounds }), speed, records: 100, asked, alone: 0 });
  it('is one where the work is small, and grows with it to the number of cores', () => {
    expect(workersFor(hospitals(1), 16)).toBe(1);
    const counts = [100, 300, 1000, 100_000].map((rounds) => workersFor(hospitals(rounds), 6));
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(counts.at(-1)).toBe(6);
  });

  it('is never more than a round has hospitals', () => {
    expect(workersFor(hospitals(100_000, 3), 16)).toBe(3);
    expect(workersFor(hospitals(100_000, 1), 16)).toBe(1);
  });
});

describe('poolFor', () => {
  const data = { count: 10, featureShape: [100], features: new Float32Array(1000), labels: new Float32Array(10) };
  const population = populationOf(
    ['a', 'b', 'c'].map((id) => ({ id, train: data, test: data })),
    { test: data, inputShape: [100], classes: 2 },
  );
  it('takes the number that it is told, up to the cohort', () => {
    const of = (workers: number, changes: Partial<TrainingPlanInput> = {}) =>
      poolFor(plan(changes), population, { local: true, workers, trainer: { name: 'any' } })?.workers;
    expect([1, 2, 3, 64].map((workers) => of(workers))).toEqual([undefined, 2, 3, 3]);
    expect(of(64, { cohort: { select: 'uniform', size: 2 } })).toBe(2);
  });

  it('takes as many as pay at the speed of the trainer', () => {
    vi.spyOn(ThreadPool, 'available').mockReturnValue(true);
    onTestFinished(() => void vi.restoreAllMocks());
    const of = (speed?: { secondsAStep: number; multiplyAddsASecond: number }) =>
      poolFor(plan(), population, { local: true, trainer: { name: 'any' }, speed })?.workers;
    expect(of({ secondsAStep: 1e-6, multiplyAddsASecond: 1e12 })).toBeUndefined();
    expect(of({ secondsAStep: 1, multiplyAddsASecond: 1e12 })).toBe(Math.min(3, availableParallelism()));
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses %s threads', (workers) => {
    expect(() => poolFor(plan(), population, { local: true, workers, trainer: { name: 'any' } })).toThrow(
      expect.objectContaining({ subject: '--workers' }),
    );
  });

  it('refuses threads for a trainer that they cannot make', () => {
    const own = plan({ training: { ...plan().training, trainer: 'mine' } });
    expect(() => poolFor(own, population, { local: true, workers: 2, trainer: undefined })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: '--workers' }),
    );
    expect(poolFor(own, population, { local: true, trainer: undefined })).toBeUndefined();
    expect(poolFor(own, population, { local: true, workers: 1, trainer: undefined })).toBeUndefined();
  });
});
