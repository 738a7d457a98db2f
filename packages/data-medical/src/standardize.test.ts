import type { Column } from '@fedward/kit-tables';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMedicalDataset, createStandardizer, standardize } from './index.js';

const schema: Column[] = [
  { name: 'age', kind: 'numeric', missing: 'error' },
  { name: 'sex', kind: 'binary', levels: [0, 1], missing: 'error' },
];
const ward = createMedicalDataset({ name: 'ward', schema, features: [40, 0, 50, 1, 60, 0], labels: [1, 2, 3] });

describe('standardize', () => {
  it('gives every numeric feature mean 0 and sample standard deviation 1', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.float({ min: -1000, max: 1000, noNaN: true }), { minLength: 2, maxLength: 30 }),
        (values) => {
          const spread = Math.max(...values) - Math.min(...values);
          fc.pre(spread > 1e-3 * Math.max(...values.map(Math.abs))); // float32 holds no finer spread
          const dataset = createMedicalDataset({ name: 'x', features: values, featureShape: [1], labels: values });
          const [feature] = standardize(dataset).apply(dataset).describe().features;
          expect(feature!.mean).toBeCloseTo(0, 4);
          expect(feature!.standardDeviation).toBeCloseTo(1, 4);
        },
      ),
    );
  });

  it('leaves coded columns as they are unless asked for all', () => {
    expect([...standardize(ward).apply(ward).features]).toEqual([-1, 0, 0, 1, 1, 0]);
    const all = standardize(ward, { columns: 'all' }).apply(ward).features;
    const sd = Math.sqrt(1 / 3);
    [-1 / 3 / sd, 2 / 3 / sd, -1 / 3 / sd].forEach((z, i) => expect(all[2 * i + 1]).toBeCloseTo(z, 6));
  });

  it('applies the train part to another part', () => {
    const test = createMedicalDataset({ name: 'test', schema, features: [75, 1], labels: [0] });
    expect([...standardize(ward).apply(test).features]).toEqual([2.5, 1]);
  });

  it('makes a constant 0, there and elsewhere, never NaN or huge', () => {
    // In float64 the mean of three times float32's 0.1 is off by one unit in the last place.
    const constant = createMedicalDataset({
      name: 'c',
      features: [0.1, 0.1, 0.1],
      featureShape: [1],
      labels: [1, 2, 3],
    });
    const standardizer = standardize(constant);
    expect(standardizer.toJSON().standardDeviations).toEqual([0]);
    expect([...standardizer.apply(constant).features]).toEqual([0, 0, 0]);
    const other = createMedicalDataset({ ...constant, features: [0.2, 0.1, 5] });
    expect([...standardizer.apply(other).features]).toEqual([0, 0, 0]);
  });

  it('leaves a word on what it was applied to, whatever is made of that; constants leave none', () => {
    const fitted = standardize(ward).apply(ward);
    const made = [
      fitted,
      fitted.subset([0]),
      fitted.select(['age']),
      ward.concat(fitted),
      createMedicalDataset(fitted),
    ];
    for (const { sharedStatistics } of made) expect(sharedStatistics).toBe('mean and deviation of records');
    const constants = createStandardizer({ features: ['age', 'sex'], means: [50, 0], standardDeviations: [10, 1] });
    for (const own of [ward, constants.apply(ward)]) expect(own).not.toHaveProperty('sharedStatistics');
  });

  it('takes a single record for a constant', () => {
    const one = ward.subset([1]);
    expect([...standardize(one, { columns: 'all' }).apply(one).features]).toEqual([0, 0]);
  });

  it('can be written down and read back', () => {
    const standardizer = standardize(ward);
    const again = createStandardizer(JSON.parse(JSON.stringify(standardizer)));
    expect(again.apply(ward).features).toEqual(standardizer.apply(ward).features);
    expect(standardizer.toJSON()).toEqual({ features: ['age', 'sex'], means: [50, 0], standardDeviations: [10, 1] });
  });

  it('refuses other features, and a note that is damaged', () => {
    expect(() => standardize(ward).apply(ward.select(['age']))).toThrow(/features that the standardizer was fitted on/);
    expect(() => createStandardizer({ features: ['a'], means: [0], standardDeviations: [] })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
    expect(() => createStandardizer({ features: ['a'], means: [0], standardDeviations: [-1] })).toThrow(
      /standardDeviations.0/,
    );
  });
});
