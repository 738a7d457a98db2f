import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeededNoise, type NoiseSource } from '../random/noise.js';
import { Random } from '../random/random.js';
import type { BatchesSpec } from '../plan/plan.js';
import { drawBatches } from './batches.js';
import { stepsOf } from './steps.js';

const sources = (seed: number | string) => ({
  random: new Random(`${seed} random`),
  noise: new SeededNoise(new Random(`${seed} noise`)),
});
const draw = (batches: BatchesSpec, count: number, seed: number | string, patients?: Uint32Array) =>
  [...drawBatches(batches, count, sources(seed), patients)].map(({ rows }) => [...rows]);

describe('shuffled batches', () => {
  it('partition the records in every epoch', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 3 }),
        fc.nat(),
        (count, size, epochs, seed) => {
          const batches = draw({ kind: 'shuffle', size, epochs }, count, seed);
          const perEpoch = Math.ceil(count / size);
          expect(batches).toHaveLength(perEpoch * epochs);
          for (let epoch = 0; epoch < epochs; epoch++) {
            const own = batches.slice(epoch * perEpoch, (epoch + 1) * perEpoch);
            expect(own.slice(0, -1).every((rows) => rows.length === size)).toBe(true);
            expect(own.flat().sort((a, b) => a - b)).toEqual([...Array(count).keys()]);
          }
        },
      ),
    );
  });

  it('have another order in each epoch, whatever was drawn from the stream before', () => {
    const [first, second] = [0, 1].map((epoch) => draw({ kind: 'shuffle', size: 40, epochs: 2 }, 40, 'a')[epoch]);
    expect(second).not.toEqual(first);
    const used = sources('a');
    used.random.uniform();
    expect([...[...drawBatches({ kind: 'shuffle', size: 40, epochs: 1 }, 40, used)][0]!.rows]).toEqual(first);
  });
});

describe('a number of steps', () => {
  const steps = fc.integer({ min: 1, max: 40 });
  const [count, size] = [fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 60 })];

  it('is taken, whatever the number of records: those of shuffled epochs, cut short', () => {
    fc.assert(
      fc.property(steps, count, size, fc.nat(), (steps, count, size, seed) => {
        const taken = draw({ kind: 'steps', size, steps }, count, seed);
        expect(taken).toHaveLength(steps);
        const epochs = Math.ceil(steps / Math.ceil(count / size));
        expect(taken).toEqual(draw({ kind: 'shuffle', size, epochs }, count, seed).slice(0, steps));
      }),
    );
  });

  it('has each record once before any has its second turn', () => {
    fc.assert(
      fc.property(steps, count, size, fc.nat(), (steps, count, size, seed) => {
        const turns = Array<number>(count).fill(0);
        for (const row of draw({ kind: 'steps', size, steps }, count, seed).flat()) turns[row]! += 1;
        expect(Math.max(...turns) - Math.min(...turns)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('stepsOf', () => {
  it('is what is drawn, of each kind', () => {
    const kinds: BatchesSpec[] = [
      { kind: 'shuffle', size: 8, epochs: 3 },
      { kind: 'steps', size: 8, steps: 7 },
      { kind: 'poisson', probability: 0.5, steps: 7, expectedSize: 1 },
    ];
    for (const batches of kinds) expect(draw(batches, 21, 'a')).toHaveLength(stepsOf(batches, 21));
    expect(kinds.map((batches) => stepsOf(batches, 21))).toEqual([9, 7, 7]);
  });

  it('refuses more than have draws of their own, naming the key', () => {
    const refused = (batches: BatchesSpec, count: number, subject: string) =>
      expect(() => stepsOf(batches, count)).toThrow(expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject }));
    refused({ kind: 'shuffle', size: 1, epochs: 1_000_000 }, 2148, 'training.batches.epochs');
    refused({ kind: 'steps', size: 1, steps: 2 ** 31 }, 1, 'training.batches.steps');
    expect(stepsOf({ kind: 'steps', size: 1, steps: 2 ** 31 - 1 }, 1)).toBe(2 ** 31 - 1);
  });
});

describe('Poisson batches', () => {
  it('have binomial sizes', () => {
    const [count, probability, steps] = [120, 0.2, 4000];
    const sizes = draw({ kind: 'poisson', probability, steps, expectedSize: 1 }, count, 'sizes').map((b) => b.length);
    const mean = sizes.reduce((a, b) => a + b, 0) / steps;
    const variance = sizes.reduce((sum, size) => sum + (size - mean) ** 2, 0) / (steps - 1);
    // count * q = 24 and count * q * (1 - q) = 19.2, with standard errors of 0.069 and 0.43
    expect(Math.abs(mean - 24)).toBeLessThan(0.35);
    expect(Math.abs(variance - 19.2)).toBeLessThan(2.2);
  });

  it('take each record as often as any other, in order', () => {
    const batches = draw({ kind: 'poisson', probability: 0.3, steps: 3000, expectedSize: 1 }, 10, 'records');
    for (let row = 0; row < 10; row++) {
      const taken = batches.filter((rows) => rows.includes(row)).length / 3000;
      expect(Math.abs(taken - 0.3)).toBeLessThan(0.05); // 6 standard errors
    }
    expect(batches.every((rows) => rows.every((row, i) => i === 0 || row > rows[i - 1]!))).toBe(true);
  });

  it('take all records of a patient or none', () => {
    const patients = Uint32Array.of(0, 1, 0, 2, 2, 0, 1);
    const batches = draw({ kind: 'poisson', probability: 0.5, steps: 500, expectedSize: 1 }, 7, 'patients', patients);
    const taken = [0, 0, 0];
    for (const rows of batches)
      for (const patient of [0, 1, 2]) {
        const own = [...patients].flatMap((p, row) => (p === patient ? [row] : []));
        const present = own.filter((row) => rows.includes(row));
        expect([0, own.length]).toContain(present.length);
        if (present.length > 0) taken[patient]! += 1;
      }
    for (const times of taken) expect(Math.abs(times / 500 - 0.5)).toBeLessThan(0.14);
  });
});

describe('the noise of a step', () => {
  /** Draws the number of the step that it was asked for, `elsewhere` where it was asked for none. */
  const stepwise = (asked: number[]): NoiseSource => {
    const source = (uniform: number): NoiseSource => ({
      simulationOnly: true,
      uniform: () => uniform,
      addGaussian: () => undefined,
    });
    return { ...source(0.99), at: (step) => (asked.push(step), source(step / 4)) };
  };

  it('is of the source at that step, which is asked once', () => {
    const random = new Random('a');
    for (const batches of [
      { kind: 'shuffle', size: 4, epochs: 2 },
      { kind: 'steps', size: 4, steps: 4 },
      { kind: 'poisson', probability: 0.5, steps: 4, expectedSize: 1 },
    ] satisfies BatchesSpec[]) {
      const asked: number[] = [];
      const drawn = [...drawBatches(batches, 8, { random, noise: stepwise(asked) })];
      expect(asked).toEqual([0, 1, 2, 3]);
      expect(drawn.map(({ noise }) => noise.uniform())).toEqual([0, 0.25, 0.5, 0.75]);
      if (batches.kind === 'poisson') expect(drawn.map(({ rows }) => rows.length)).toEqual([8, 8, 0, 0]);
    }
  });

  it('is of the one source where there are none by step', () => {
    const { noise } = sources('a');
    const one: NoiseSource = { simulationOnly: true, uniform: () => noise.uniform(), addGaussian: () => undefined };
    const [{ noise: given } = {}] = drawBatches({ kind: 'shuffle', size: 4, epochs: 1 }, 4, {
      random: new Random(1),
      noise: one,
    });
    expect(given).toBe(one);
  });
});
