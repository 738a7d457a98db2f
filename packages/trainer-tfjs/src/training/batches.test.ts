import { Random, SeededNoise, type BatchesSpec } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawBatches } from './batches.js';

const sources = (seed: number | string) => ({
  random: new Random(`${seed} random`),
  noise: new SeededNoise(new Random(`${seed} noise`)),
});
const draw = (batches: BatchesSpec, count: number, seed: number | string, patients?: Uint32Array) =>
  [...drawBatches(batches, count, sources(seed), patients)].map((rows) => [...rows]);

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
    expect([...[...drawBatches({ kind: 'shuffle', size: 40, epochs: 1 }, 40, used)][0]!]).toEqual(first);
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
