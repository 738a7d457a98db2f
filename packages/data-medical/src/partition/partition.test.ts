import { Random } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createMedicalDataset,
  partitionDirichlet,
  partitionIid,
  partitionQuantitySkew,
  type MedicalDataset,
  type PartitionOptions,
} from '../index.js';
import { dirichlet } from './dirichlet.js';
import { unitsOf } from './units.js';

/** Records whose only feature is their number. */
function records(labels: readonly number[], patients?: readonly number[]): MedicalDataset {
  return createMedicalDataset({
    name: 'all',
    features: labels.map((_, i) => i),
    featureShape: [1],
    labels,
    classes: ['a', 'b', 'c'],
    ...(patients && { patientIds: patients.map(String) }),
  });
}

const partitions: Record<string, (dataset: MedicalDataset, options: PartitionOptions) => MedicalDataset[]> = {
  partitionIid,
  partitionDirichlet: (dataset, options) => partitionDirichlet(dataset, { ...options, alpha: 0.3 }),
  partitionQuantitySkew: (dataset, options) => partitionQuantitySkew(dataset, { ...options, alpha: 0.3 }),
};

const arbitraryRecords = fc
  .array(fc.tuple(fc.nat(2), fc.nat(11)), { minLength: 12, maxLength: 60 })
  .chain((rows) => fc.tuple(fc.constant(rows), fc.boolean()))
  .map(([rows, withPatients]) =>
    records(
      rows.map(([label]) => label),
      // The first twelve are twelve patients, so that any four hospitals can have one each.
      withPatients ? rows.map(([, patient], i) => (i < 12 ? i : patient)) : undefined,
    ),
  );

describe.each(Object.entries(partitions))('%s', (_, partition) => {
  it('gives every record to one hospital, in its old order, as it was', () => {
    fc.assert(
      fc.property(arbitraryRecords, fc.integer({ min: 1, max: 4 }), fc.integer(), (dataset, hospitals, seed) => {
        const parts = partition(dataset, { hospitals, random: new Random(seed) });
        expect(parts.length).toBe(hospitals);
        const numbers = parts.flatMap(({ features }) => [...features]);
        expect(numbers.toSorted((a, b) => a - b)).toEqual([...dataset.features]);
        for (const part of parts) {
          expect([...part.features]).toEqual([...part.features].toSorted((a, b) => a - b));
          part.features.forEach((number, i) => expect(part.labels[i]).toBe(dataset.labels[number]));
          expect(part.classes).toEqual(dataset.classes);
        }
      }),
    );
  });

  it('sends no patient to two hospitals', () => {
    fc.assert(
      fc.property(arbitraryRecords, fc.integer(), (dataset, seed) => {
        fc.pre(dataset.patientIds !== undefined);
        const parts = partition(dataset, { hospitals: 4, random: new Random(seed) });
        expect(parts.reduce((sum, { patients }) => sum + patients, 0)).toBe(dataset.patients);
      }),
    );
  });

  it('gives each hospital its minimum, or says that it cannot', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 60 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer(),
        (count, least, seed) => {
          const parts = partition(records(Array.from({ length: count }, (_, i) => i % 3)), {
            hospitals: 4,
            minimumRecords: least,
            random: new Random(seed),
          });
          for (const part of parts) expect(part.count).toBeGreaterThanOrEqual(least);
        },
      ),
    );
    expect(() =>
      partition(records([0, 1, 2, 0, 1]), { hospitals: 3, minimumRecords: 2, random: new Random(1) }),
    ).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', message: expect.stringMatching(/one is left with 1/) }),
    );
    const onePatient = records([0, 1, 2], [7, 7, 7]);
    expect(() => partition(onePatient, { hospitals: 2, random: new Random(1) })).toThrow(/3 records of 1 patients/);
  });

  it('gives the same hospitals for the same stream, others for another', () => {
    const dataset = records(Array.from({ length: 60 }, (_, i) => i % 3));
    const run = (seed: number) =>
      partition(dataset, { hospitals: 3, random: new Random(seed) }).map(({ features }) => features);
    expect(run(4)).toEqual(run(4));
    expect(run(4)).not.toEqual(run(5));
  });

  it('refuses bad options by name', () => {
    expect(() => partition(records([0, 1]), { hospitals: 0, random: new Random(1) })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'hospitals' }),
    );
  });
});

const thousand = records(Array.from({ length: 3000 }, (_, i) => (i % 10 < 6 ? 0 : i % 10 < 9 ? 1 : 2)));
const sizes = (parts: readonly MedicalDataset[]) => parts.map(({ count }) => count);
/** Mean over hospitals of the total variation between a hospital's class shares and the whole's. */
function labelSkew(parts: readonly MedicalDataset[]): number {
  const distances = parts.map(({ labels, count }) =>
    [0.6, 0.3, 0.1].reduce((sum, p, c) => sum + Math.abs(labels.filter((y) => y === c).length / count - p) / 2, 0),
  );
  return distances.reduce((a, b) => a + b, 0) / distances.length;
}

describe('the skews', () => {
  const dirichletParts = (alpha: number) =>
    partitionDirichlet(thousand, { hospitals: 10, alpha, random: new Random(17) });
  const quantityParts = (alpha: number) =>
    partitionQuantitySkew(thousand, { hospitals: 10, alpha, random: new Random(17) });

  it('keep sizes equal where labels are skewed, the more the smaller alpha is', () => {
    for (const alpha of [0.05, 1, 1000]) expect(sizes(dirichletParts(alpha))).toEqual(Array(10).fill(300));
    const skews = [0.05, 1, 20, 1e6].map((alpha) => labelSkew(dirichletParts(alpha)));
    expect(skews).toEqual(skews.toSorted((a, b) => b - a));
    expect(skews[0]).toBeGreaterThan(0.35);
    expect(skews[3]).toBeLessThan(0.05);
  });

  it('keep the mix of classes where sizes are skewed', () => {
    const parts = quantityParts(0.5);
    expect(Math.max(...sizes(parts)) / Math.min(...sizes(parts))).toBeGreaterThan(10);
    expect(labelSkew(parts.filter(({ count }) => count > 100))).toBeLessThan(0.06);
    const even = sizes(quantityParts(1e6));
    expect(Math.max(...even) - Math.min(...even)).toBeLessThan(120); // binomial, sd 16
  });

  it('work at a concentration whose gamma draws all underflow', () => {
    const parts = partitionDirichlet(thousand, { hospitals: 10, alpha: 1e-4, random: new Random(2) });
    expect(sizes(parts)).toEqual(Array(10).fill(300));
    // Each mix is a single class: hospitals mix only where theirs has run out.
    expect(labelSkew(parts)).toBeGreaterThan(0.35);
    expect(parts.filter(({ labels }) => new Set(labels).size === 1).length).toBeGreaterThanOrEqual(5);
  });

  it('go by a patient’s most common class', () => {
    // Ten patients of class 0 in two of their three records, ten of class 1.
    const labels = Array.from({ length: 60 }, (_, i) => (i < 30 ? (i % 3 === 2 ? 1 : 0) : i % 3 === 2 ? 0 : 1));
    const dataset = records(
      labels,
      labels.map((_, i) => Math.floor(i / 3)),
    );
    const parts = partitionDirichlet(dataset, { hospitals: 2, alpha: 1e-4, random: new Random(3) });
    expect(sizes(parts)).toEqual([30, 30]);
    for (const { labels: own } of parts) expect([10, 20]).toContain(own.reduce((sum, y) => sum + y, 0));
  });

  it('need classes to divide by', () => {
    const values = createMedicalDataset({ name: 'x', features: [1, 2], featureShape: [1], labels: [1.5, 2.5] });
    expect(() => partitionDirichlet(values, { hospitals: 2, alpha: 1, random: new Random(1) })).toThrow(/no classes/);
    expect(() => partitionQuantitySkew(values, { hospitals: 2, alpha: 0, random: new Random(1) })).toThrow(
      expect.objectContaining({ subject: 'alpha' }),
    );
  });
});

describe('unitsOf', () => {
  it('keeps a patient’s records together, under the most common label, the smallest of equals', () => {
    expect(unitsOf(records([0, 2, 1, 2, 1, 0], [7, 8, 7, 8, 9, 9]))).toEqual([
      { rows: [0, 2], label: 0 },
      { rows: [1, 3], label: 2 },
      { rows: [4, 5], label: 0 },
    ]);
    expect(unitsOf(records([0, 1, 1], [7, 7, 7]))).toEqual([{ rows: [0, 1, 2], label: 1 }]);
    expect(unitsOf(records([0, 1]))).toEqual([
      { rows: [0], label: 0 },
      { rows: [1], label: 1 },
    ]);
  });
});

describe('dirichlet', () => {
  it.each([
    [0.2, 0.5, 1.3],
    [4, 2, 10],
  ])('has the mean and variance of Dirichlet(%d, %d, %d)', (...concentrations) => {
    const random = new Random(23);
    const draws = Array.from({ length: 20_000 }, () => dirichlet(concentrations, random));
    const total = concentrations.reduce((a, b) => a + b);
    concentrations.forEach((a, k) => {
      const mean = draws.reduce((sum, q) => sum + q[k]!, 0) / draws.length;
      const variance = draws.reduce((sum, q) => sum + (q[k]! - mean) ** 2, 0) / draws.length;
      const m = a / total;
      const v = (m * (1 - m)) / (total + 1);
      expect(Math.abs(mean - m)).toBeLessThan(5 * Math.sqrt(v / draws.length));
      expect(Math.abs(variance / v - 1)).toBeLessThan(0.06);
    });
  });
});
