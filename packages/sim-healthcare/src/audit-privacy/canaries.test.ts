import { describe, expect, it } from 'vitest';
import { Random, type TrainingData } from '@fedward/core';
import { populationOf } from '../scenario/population.js';
import { makeCanaries, withCanaries } from './canaries.js';

const data = (count: number): TrainingData => ({
  count,
  featureShape: [3],
  features: Float32Array.from({ length: 3 * count }, (_, i) => i),
  labels: new Float32Array(count).fill(1),
});
const population = populationOf(
  ['a', 'b', 'c'].map((id, i) => ({ id, train: data(i + 1), test: data(1) })),
  { test: data(1), inputShape: [3], classes: 2 },
);
const canaries = makeCanaries(population, { canaries: 41, featureNorm: 5, random: new Random(1) });

describe('makeCanaries', () => {
  it('gives every hospital its share, each canary one feature, and another label for the other version', () => {
    expect(canaries.map(({ records }) => records.count)).toEqual([14, 14, 13]);
    for (const { records, otherLabels, coins } of canaries) {
      expect(coins).toHaveLength(records.count);
      for (let canary = 0; canary < records.count; canary++) {
        const features = [...records.features.subarray(3 * canary, 3 * canary + 3)];
        expect(features.filter((x) => x !== 0)).toHaveLength(1);
        expect(Math.hypot(...features)).toBe(5);
        expect(otherLabels[canary]).toBe(1 - records.labels[canary]!);
      }
      expect(
        new Set(Array.from({ length: 6 }, (_, i) => [...records.features.subarray(3 * i, 3 * i + 3)].join())).size,
      ).toBe(6);
    }
  });

  it('throws fair coins, independent of labels', () => {
    const many = makeCanaries(population, { canaries: 30_000, featureNorm: 1, random: new Random(2) });
    let [heads, agree] = [0, 0];
    for (const { coins, records } of many)
      coins.forEach((coin, i) => {
        if (coin) heads++;
        if (coin === (records.labels[i] === 1)) agree++;
      });
    const deviation = Math.sqrt(30_000 / 4);
    expect(Math.abs(heads - 15_000)).toBeLessThan(4 * deviation);
    expect(Math.abs(agree - 15_000)).toBeLessThan(4 * deviation);
  });
});

describe('withCanaries', () => {
  it('puts those in whose coins are true, behind the records that are there, under add-or-remove-one', () => {
    const added = withCanaries(population, canaries, 'add-or-remove-one');
    canaries.forEach(({ hospitalId, coins, records }, i) => {
      const { train } = added.hospital(hospitalId);
      const chosen = coins.flatMap((coin, canary) => (coin ? [canary] : []));
      expect(chosen.length).toBeGreaterThan(0);
      expect(train.count).toBe(i + 1 + chosen.length);
      expect(train.features.subarray(0, 3 * (i + 1))).toEqual(data(i + 1).features);
      chosen.forEach((canary, place) => {
        const row = i + 1 + place;
        expect(train.features.subarray(3 * row, 3 * row + 3)).toEqual(
          records.features.subarray(3 * canary, 3 * canary + 3),
        );
        expect(train.labels[row]).toBe(records.labels[canary]);
      });
    });
  });

  it('puts one of two versions in, under replace-one: the number of records tells nothing', () => {
    const replaced = withCanaries(population, canaries, 'replace-one');
    canaries.forEach(({ hospitalId, coins, records, otherLabels }, i) => {
      const { train } = replaced.hospital(hospitalId);
      expect(train.count).toBe(i + 1 + records.count);
      coins.forEach((coin, canary) =>
        expect(train.labels[i + 1 + canary]).toBe((coin ? records.labels : otherLabels)[canary]),
      );
    });
  });
});
