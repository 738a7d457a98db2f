import type { ErrorCode } from '@fedward/core';
import type { Column } from '@fedward/kit-tables';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMedicalDataset, type MedicalDatasetInput } from './index.js';

const schema: Column[] = [
  { name: 'age', kind: 'numeric', missing: 'error' },
  { name: 'cp', kind: 'categorical', levels: [1, 2], dropFirst: false, missing: 'error' },
  { name: 'sex', kind: 'binary', levels: [0, 1], missing: 'error' },
];
const input: MedicalDatasetInput = {
  name: 'ward',
  schema,
  features: [40, 1, 0, 1, 50, 0, 1, 0, 60, 1, 0, 1],
  labels: [0, 1, 1],
  classes: ['no', 'yes'],
  patientIds: ['a', 'b', 'a'],
};
const ward = createMedicalDataset(input);

function expectRefusal(code: ErrorCode, change: Partial<MedicalDatasetInput>, message: RegExp): void {
  expect(() => createMedicalDataset({ ...input, ...change })).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
}

describe('createMedicalDataset', () => {
  it('keeps what it is given', () => {
    expect(ward).toMatchObject({ name: 'ward', count: 3, featureShape: [4], patients: 2, classes: ['no', 'yes'] });
    expect(ward.featureNames).toEqual(['age', 'cp=1', 'cp=2', 'sex']);
    expect([...ward.labels]).toEqual([0, 1, 1]);
    expect([...ward.features]).toEqual(input.features);
  });

  it('copies, so that a change of its source changes nothing', () => {
    const features = Float32Array.of(1, 2);
    const dataset = createMedicalDataset({ name: 'x', features, featureShape: [1], labels: [0.5, 1.5] });
    features[0] = 9;
    expect(dataset.features[0]).toBe(1);
    expect(() => Object.assign(dataset, { name: 'y' })).toThrow(TypeError);
  });

  it('refuses, naming record and feature, what is not finite', () => {
    const features = [...(input.features as number[])];
    features[7] = NaN;
    expectRefusal('DATA_NOT_FINITE', { features }, /ward: record 1, feature sex: NaN/);
    features[7] = 1e39; // no float32
    expectRefusal('DATA_NOT_FINITE', { features }, /record 1, feature sex: Infinity/);
  });

  it('refuses labels that are no class', () => {
    expectRefusal('LABEL_INVALID', { labels: [0, 2, 1] }, /record 1 is 2, not a class from 0 to 1/);
    expectRefusal('LABEL_INVALID', { labels: [0, 1, 0.5] }, /record 2 is 0.5/);
    expectRefusal('LABEL_INVALID', { labels: [-1, 1, 0] }, /record 0 is -1/);
  });

  it('refuses labels that are no number where there are no classes', () => {
    const values = { name: 'x', features: [1], featureShape: [1] };
    expect(() => createMedicalDataset({ ...values, labels: [Infinity] })).toThrow(/Infinity, not a finite number/);
    expect(createMedicalDataset({ ...values, labels: [-3.5] }).labels[0]).toBe(-3.5);
  });

  it('refuses parts that do not fit each other', () => {
    expectRefusal('DATA_MALFORMED', { features: [1, 2, 3] }, /3 records of 4 features can't be 3 values/);
    expectRefusal('DATA_MALFORMED', { patientIds: ['a'] }, /1 patient ids for 3 records/);
    expectRefusal('DATA_MALFORMED', { featureShape: [2, 2] }, /schema has 4 features, the shape is \[2, 2\]/);
    expectRefusal('DATA_MALFORMED', { classes: ['yes'] }, /two different ones/);
    expectRefusal('DATA_EMPTY', { features: [], labels: [], patientIds: [] }, /no records/);
    expect(() => createMedicalDataset({ name: 'x', features: [1], labels: [1] })).toThrow(/shape of one example/);
  });

  it('arrives at a worker as plain training data', () => {
    const { count, featureShape, features, labels, patientIds } = ward;
    expect(structuredClone(ward)).toMatchObject({ count, featureShape, features, labels, patientIds });
  });

  it('can be made again from its own parts', () => {
    expect(createMedicalDataset({ ...ward })).toEqual(ward);
  });
});

describe('slice', () => {
  it('is records that follow each other, in the same memory', () => {
    const slice = ward.slice(1, 3, 'two');
    expect(slice).toMatchObject({ name: 'two', count: 2, patientIds: ['b', 'a'], classes: ['no', 'yes'] });
    expect([...slice.features]).toEqual([...ward.subset([1, 2]).features]);
    expect([...slice.labels]).toEqual([1, 1]);
    expect(slice.features.buffer).toBe(ward.features.buffer);
  });

  it.each([
    [0, 0],
    [2, 1],
    [-1, 2],
    [0, 4],
  ])('refuses %d to %d of three', (start, end) =>
    expect(() => ward.slice(start, end)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' })),
  );
});

describe('subset', () => {
  it('takes records in the order given, again if asked', () => {
    const chosen = ward.subset([2, 0, 2]);
    expect([...chosen.labels]).toEqual([1, 0, 1]);
    expect(chosen.patientIds).toEqual(['a', 'a', 'a']);
    expect([...chosen.features]).toEqual([60, 1, 0, 1, 40, 1, 0, 1, 60, 1, 0, 1]);
    expect(chosen.schema).toBe(schema);
    expect(ward.count).toBe(3);
  });

  it('refuses no record, and one that is not there', () => {
    expect(() => ward.subset([])).toThrow(expect.objectContaining({ code: 'DATA_EMPTY' }));
    for (const index of [3, -1, 0.5])
      expect(() => ward.subset([index])).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
  });
});

describe('select', () => {
  it('takes all features of each column, in the order given', () => {
    const chosen = ward.select(['sex', 'cp']);
    expect(chosen.featureNames).toEqual(['sex', 'cp=1', 'cp=2']);
    expect([...chosen.features]).toEqual([1, 1, 0, 0, 0, 1, 1, 1, 0]);
    expect(chosen.featureShape).toEqual([3]);
    expect(chosen.patientIds).toEqual(ward.patientIds);
  });

  it('refuses columns that are not there, none, or one twice', () => {
    expect(() => ward.select(['weight'])).toThrow(/no column weight/);
    expect(() => ward.select([])).toThrow(/no column is selected/);
    expect(() => ward.select(['age', 'age'])).toThrow(/twice/);
    const image = createMedicalDataset({ name: 'x-ray', features: [1, 2], featureShape: [1, 2], labels: [0] });
    expect(() => image.select(['age'])).toThrow(/x-ray has no columns/);
  });
});

describe('concat', () => {
  it('undoes a division into subsets', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 }), (cut) => {
        const rows = [0, 1, 2];
        const joined = ward.subset(rows.slice(0, cut)).concat(ward.subset(rows.slice(cut)));
        const again = createMedicalDataset({ ...joined, name: 'ward' });
        expect(again).toEqual(ward);
      }),
    );
  });

  it('names the parts', () => {
    expect(ward.subset([0], 'a').concat(ward.subset([1], 'b'), ward.subset([2], 'c')).name).toBe('a + b + c');
  });

  it('refuses parts that are not of one kind', () => {
    const anonymous = { name: 'ward', features: ward.features, labels: ward.labels, schema, classes: ['no', 'yes'] };
    expect(() => ward.concat(createMedicalDataset(anonymous))).toThrow(/only some of ward, ward have patient ids/);
    expect(() => ward.concat(createMedicalDataset({ ...ward, classes: ['0', '1'] }))).toThrow(/another classes/);
    expect(() => ward.concat(ward.select(['age']))).toThrow(/another featureShape/);
    const renamed = schema.map((column, i) => (i === 0 ? { ...column, name: 'years' } : column));
    expect(() => ward.concat(createMedicalDataset({ ...ward, schema: renamed }))).toThrow(/another schema/);
  });
});

describe('describe', () => {
  it('sums a table up', () => {
    const third = expect.closeTo(1 / 3, 14);
    const thirds = expect.closeTo(2 / 3, 14);
    const standardDeviation = expect.closeTo(Math.sqrt(1 / 3), 14);
    expect(ward.describe()).toEqual({
      name: 'ward',
      records: 3,
      patients: 2,
      featureShape: [4],
      labels: {
        classes: [
          { name: 'no', records: 1 },
          { name: 'yes', records: 2 },
        ],
      },
      features: [
        { name: 'age', mean: 50, standardDeviation: 10, minimum: 40, maximum: 60 },
        { name: 'cp=1', mean: thirds, standardDeviation, minimum: 0, maximum: 1 },
        { name: 'cp=2', mean: third, standardDeviation, minimum: 0, maximum: 1 },
        { name: 'sex', mean: thirds, standardDeviation, minimum: 0, maximum: 1 },
      ],
    });
  });

  it('sums images up over all their values, and values as labels by their spread', () => {
    const image = createMedicalDataset({ name: 'x', features: [1, 2, 3, 6], featureShape: [2, 1], labels: [4, 8] });
    const { labels, features } = image.describe();
    expect(labels).toEqual({ mean: 6, standardDeviation: Math.sqrt(8), minimum: 4, maximum: 8 });
    expect(features).toEqual([
      { name: 'all values', mean: 3, standardDeviation: Math.sqrt(14 / 3), minimum: 1, maximum: 6 },
    ]);
  });
});
