import { parseQueryPlan, type Random, type TrainingData } from '@fedward/core';
import { queryCompliance } from '@fedward/testkit/query';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addToFeatureSums,
  featureSumsForm,
  featureSumsOf,
  featureSumsQuery,
  fStatistics,
  keepLargest,
  plugins,
  variances,
  withFeatures,
  type FeatureSums,
} from '../index.js';

const empty = (classes: number, features: number): FeatureSums =>
  featureSumsOf(new Float64Array(featureSumsForm(classes, features).layout.size), classes, features);
const sumsOf = (rows: readonly (readonly number[])[], labels: readonly number[], classes = 2): FeatureSums => {
  const into = empty(classes, rows[0]!.length);
  addToFeatureSums(into, { features: rows.flat(), labels });
  return into;
};
const error = (code: string) => expect.objectContaining({ code });

describe('fStatistics', () => {
  it('is the F of a one-way analysis of variance', () => {
    // scipy.stats.f_oneway([6, 8, 4, 5, 3, 4], [8, 12, 9, 11, 6, 8], [13, 9, 11, 8, 7, 12]): F = 9.264705882352942
    const values = [6, 8, 4, 5, 3, 4, 8, 12, 9, 11, 6, 8, 13, 9, 11, 8, 7, 12];
    const labels = values.map((_, i) => Math.floor(i / 6));
    expect(
      fStatistics(
        sumsOf(
          values.map((x) => [x]),
          labels,
          3,
        ),
      )[0],
    ).toBeCloseTo(9.264705882352942, 10);
  });

  it("is the square of Student's pooled t for two classes", () => {
    const [a, b] = [
      [1, 2, 4],
      [3, 6, 7, 9],
    ];
    const mean = (xs: number[]): number => xs.reduce((s, x) => s + x, 0) / xs.length;
    const squares = (xs: number[]): number => xs.reduce((s, x) => s + (x - mean(xs)) ** 2, 0);
    const pooled = (squares(a!) + squares(b!)) / 5;
    const t = (mean(a!) - mean(b!)) / Math.sqrt(pooled * (1 / 3 + 1 / 4));
    const sums = sumsOf(
      [...a!, ...b!].map((x) => [x]),
      [0, 0, 0, 1, 1, 1, 1],
    );
    expect(fStatistics(sums)[0]).toBeCloseTo(t * t, 10);
  });

  it('is the same of hospitals added up as of their records together', () => {
    const cell = fc.integer({ min: -1000, max: 1000 });
    const record = fc.tuple(cell, cell, cell, fc.integer({ min: 0, max: 1 }));
    fc.assert(
      fc.property(fc.array(record, { minLength: 1 }), fc.array(record, { minLength: 1 }), (a, b) => {
        const added = empty(2, 3);
        for (const part of [a, b])
          addToFeatureSums(added, { features: part.flatMap((r) => r.slice(0, 3)), labels: part.map((r) => r[3]) });
        const all = [...a, ...b];
        const pooled = sumsOf(
          all.map((r) => r.slice(0, 3)),
          all.map((r) => r[3]),
        );
        expect(added).toEqual(pooled);
      }),
    );
  });

  it('is 0 for a constant, and Infinity where classes differ and records within them do not', () => {
    const rows = [0.1, 0.1, 0.1, 0.1].map((x, i) => [x, i < 2 ? 1 / 3 : 2 / 3]);
    expect([...fStatistics(sumsOf(rows, [0, 0, 1, 1]))]).toEqual([0, Infinity]);
  });

  it('keeps its digits of large values by a centre', () => {
    const rows = [1, 2, 4, 6].map((x) => [1e7 + x]);
    const into = empty(2, 1);
    addToFeatureSums(into, { features: rows.flat(), labels: [0, 0, 1, 1] }, [1e7]);
    const small = sumsOf([[1], [2], [4], [6]], [0, 0, 1, 1]);
    expect(fStatistics(into)[0]).toBe(fStatistics(small)[0]);
  });

  it('refuses a class without records and too few of them', () => {
    expect(() => fStatistics(sumsOf([[1], [2], [3]], [0, 0, 0]))).toThrow(/class 1 has no records/);
    expect(() => fStatistics(sumsOf([[1], [2]], [0, 1]))).toThrow(error('ARGUMENT_INVALID'));
  });
});

describe('variances', () => {
  it('are those of all records, whatever their classes', () => {
    const sums = sumsOf(
      [
        [1, 5],
        [2, 5],
        [4, 5],
        [9, 5],
      ],
      [0, 1, 1, 0],
    );
    expect([...variances(sums)]).toEqual([expect.closeTo(38 / 3, 12), 0]);
    expect(() => variances(sumsOf([[1]], [0]))).toThrow(error('ARGUMENT_INVALID'));
  });
});

describe('keepLargest', () => {
  it('gives the places of the largest, ascending, of equals the first', () => {
    expect(keepLargest([1, 5, 3, 5, 5, 0], 3)).toEqual([1, 3, 4]);
    expect(keepLargest([2, 2, 2], 2)).toEqual([0, 1]);
    expect(keepLargest([2, Infinity, 7], 5)).toEqual([0, 1, 2]);
  });

  it('refuses a score that is not a number, which would pass for any place', () => {
    expect(() => keepLargest([1, NaN], 1)).toThrow(/feature 1/);
    expect(() => keepLargest([1], 0)).toThrow(error('ARGUMENT_INVALID'));
  });
});

describe('addToFeatureSums', () => {
  it.each([
    ['DATA_MALFORMED', { features: [1, 2, 3], labels: [0, 1] }],
    ['LABEL_INVALID', { features: [1, 2, 3, 4], labels: [0, 2] }],
    ['LABEL_INVALID', { features: [1, 2, 3, 4], labels: [0, 0.5] }],
    ['DATA_NOT_FINITE', { features: [1, NaN, 3, 4], labels: [0, 1] }],
  ])('is %s for wrong records', (code, data) => {
    expect(() => addToFeatureSums(empty(2, 2), data)).toThrow(error(code));
  });
});

describe('withFeatures', () => {
  const data: TrainingData = {
    ...{ count: 2, featureShape: [3], features: Float32Array.of(1, 2, 3, 4, 5, 6), labels: Float32Array.of(0, 1) },
    patientIds: ['a', 'b'],
  };

  it('keeps the features that were chosen, in their order', () => {
    expect(withFeatures(data, [2, 0])).toEqual({
      ...data,
      ...{ featureShape: [2], features: Float32Array.of(3, 1, 6, 4) },
    });
  });

  it('refuses a feature that is not there, and none', () => {
    for (const indices of [[3], [-1], [0.5], []])
      expect(() => withFeatures(data, indices)).toThrow(error('ARGUMENT_INVALID'));
  });
});

const query = { classes: 3, features: 2 };
const records = (random: Random, count: number): TrainingData => ({
  ...{ count, featureShape: [2] },
  features: Float32Array.from({ length: 2 * count }, () => random.normal()),
  labels: Float32Array.from({ length: count }, () => random.integer(0, 3)),
});
const joined = (a: TrainingData, b: TrainingData): TrainingData => ({
  ...{ count: a.count + b.count, featureShape: [2] },
  features: Float32Array.of(...a.features, ...b.features),
  labels: Float32Array.of(...a.labels, ...b.labels),
});
const plan = parseQueryPlan({
  ...{ schemaVersion: 1, name: 'screening', seed: 1, rounds: 1, aggregator: { name: 'sums' } },
  query: { name: 'feature-sums', options: query },
});

queryCompliance({
  create: () => plugins[0]!.create(query) as ReturnType<typeof featureSumsQuery>,
  ...{ plan, records, join: joined, rounding: 1e-12 },
  rejects: [{ count: 2 }, { ...records({ normal: () => 0, integer: () => 0 } as unknown as Random, 2), count: 3 }],
}).register({ describe, it });

describe('featureSumsQuery', () => {
  it('has no price, since nothing bounds what a record adds', () => {
    expect(featureSumsQuery(query).sensitivity).toBeUndefined();
  });

  it('refuses a centre of another length', () => {
    expect(() => featureSumsQuery({ ...query, centre: [1] })).toThrow(/1 values for 2 features/);
  });
});
