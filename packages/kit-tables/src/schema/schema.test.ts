import { parseWith } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { featuresOf, imputationMethod, imputationOf, tableSchema, type TableSchemaInput } from '../index.js';

const label = { name: 'y', kind: 'value' } as const;
const parse = (schema: unknown) => parseWith(tableSchema, schema, 'the schema');
const subjectOf = (schema: TableSchemaInput) => {
  try {
    parse(schema);
  } catch (error) {
    return (error as { subject?: string }).subject;
  }
  return undefined;
};

describe('tableSchema', () => {
  it('fills defaults in', () => {
    expect(
      parse({
        columns: [
          { name: 'age', kind: 'numeric', unit: 'years' },
          { name: 'sex', kind: 'binary' },
          { name: 'cp', kind: 'categorical', levels: [1, 2] },
        ],
        label,
      }).columns,
    ).toEqual([
      { name: 'age', kind: 'numeric', unit: 'years', missing: 'error' },
      { name: 'sex', kind: 'binary', levels: [0, 1], missing: 'error' },
      { name: 'cp', kind: 'categorical', levels: [1, 2], dropFirst: false, missing: 'error' },
    ]);
  });

  it('refuses a label or a patient id that is a feature too', () => {
    expect(subjectOf({ columns: [{ name: 'y', kind: 'numeric' }], label })).toBe('columns.0.name');
    expect(subjectOf({ columns: [{ name: 'a', kind: 'numeric' }], label, patientId: 'a' })).toBe('columns.0.name');
    expect(subjectOf({ columns: [{ name: 'a', kind: 'numeric' }], label, patientId: 'y' })).toBe('patientId');
  });

  it('refuses a column, a level or a class value that is listed twice', () => {
    const a = { name: 'a', kind: 'numeric' } as const;
    expect(subjectOf({ columns: [a, a], label })).toBe('columns.1.name');
    expect(subjectOf({ columns: [{ name: 'a', kind: 'categorical', levels: [1, '1'] }], label })).toBe(
      'columns.0.levels',
    );
    expect(subjectOf({ columns: [{ name: 'a', kind: 'binary', levels: ['M', 'M'] }], label })).toBe('columns.0.levels');
    const classes = [
      { name: 'no', values: [0, 1] },
      { name: 'yes', values: [1] },
    ];
    expect(subjectOf({ columns: [a], label: { name: 'y', kind: 'class', classes } })).toBe('label.classes');
  });

  it('refuses keys that it does not know', () => {
    expect(() => parse({ columns: [{ name: 'a', kind: 'numeric', fill: 0 }], label })).toThrow(/columns.0.fill/);
  });
});

describe('featuresOf', () => {
  it('names a level by its column', () => {
    const { columns } = parse({
      columns: [
        { name: 'age', kind: 'numeric' },
        { name: 'cp', kind: 'categorical', levels: ['a', 'b', 'c'], dropFirst: true },
        { name: 'ecg', kind: 'categorical', levels: [0, 1] },
      ],
      label,
    });
    expect(featuresOf(columns).map(({ name }) => name)).toEqual(['age', 'cp=b', 'cp=c', 'ecg=0', 'ecg=1']);
  });
});

describe('what is done with what is missing', () => {
  const column = (missing: unknown, rest: object = { kind: 'numeric' }) => [{ name: 'a', ...rest, missing }];
  const subject = (columns: unknown) => subjectOf({ columns, label } as TableSchemaInput);

  it('may be a constant of the column, with an indicator beside it', () => {
    const levels = { kind: 'categorical', levels: [1, 2, 3] };
    expect(parse({ columns: column({ fill: 5 }), label }).columns[0]!.missing).toEqual({ fill: 5, indicator: false });
    expect(parse({ columns: column({ fill: '2.0' }, levels), label }).columns[0]!.missing).toMatchObject({
      fill: '2.0',
    });
    const { columns } = parse({ columns: column({ fill: 2, indicator: true }, levels), label });
    expect(featuresOf(columns).map(({ name, kind }) => [name, kind])).toEqual([
      ['a=1', 'categorical'],
      ['a=2', 'categorical'],
      ['a=3', 'categorical'],
      ['a missing', 'binary'],
    ]);
  });

  it('is refused where it is none', () => {
    expect(subject(column('mean'))).toBe('columns.0.missing');
    expect(subject(column({ fill: 'x' }))).toBe('columns.0.missing');
    expect(subject(column({ fill: 1e39 }))).toBe('columns.0.missing.fill');
    expect(subject(column({ fill: 1e39 }, { kind: 'numeric', range: [0, 1] }))).toBeUndefined(); // cut there
    expect(subject(column({ fill: 'X' }, { kind: 'binary', levels: ['F', 'M'] }))).toBe('columns.0.missing.fill');
    expect(subject(column({ fill: 4 }, { kind: 'categorical', levels: [1, 2] }))).toBe('columns.0.missing.fill');
    expect(() => parse({ columns: column('drop-row'), label: { ...label, missing: { fill: 0 } } })).toThrow(
      /label.missing/,
    );
  });

  it('may be learned, by a method that fits the kind of column', () => {
    const levels = { kind: 'categorical', levels: [1, 2, 3] };
    const binary = { kind: 'binary' };
    for (const impute of ['mean', 'median', 'mode', 'ridge', 'knn']) {
      const { columns } = parse({ columns: column({ impute, indicator: true }) as TableSchemaInput['columns'], label });
      expect(imputationMethod(columns[0]!)).toBe(impute);
      expect(featuresOf(columns).map(({ name }) => name)).toEqual(['a', 'a missing']);
      const ofNumbersAlone = impute === 'mean' || impute === 'median';
      for (const kind of [levels, binary])
        expect(subject(column({ impute }, kind))).toBe(ofNumbersAlone ? 'columns.0.missing' : undefined);
    }
    expect(imputationMethod(parse({ columns: column({ fill: 5 }) as TableSchemaInput['columns'], label }).columns[0]!)).toBe(undefined); // prettier-ignore
    expect(subject(column({ impute: 'guess' }))).toBe('columns.0.missing');
    expect(subject(column({ impute: 'mean', fill: 0 }))).toBe('columns.0.missing');
  });

  it('has settings of the table, each with a default', () => {
    const columns = column('error') as TableSchemaInput['columns'];
    const defaults = {
      fitted: 'site',
      iterations: 10,
      ridge: 1,
      neighbours: 5,
      weights: 'uniform',
      units: 'deviations',
    };
    expect(imputationOf(parse({ columns, label }))).toEqual(defaults);
    expect(imputationOf(parse({ columns, label, imputation: { ridge: 3 } }))).toEqual({ ...defaults, ridge: 3 });
    expect(subjectOf({ columns, label, imputation: { ridge: 0 } })).toBe('imputation.ridge');
  });

  it('takes no label and no patient id for the time', () => {
    const columns = column('error');
    expect(subjectOf({ columns, label, time: { column: 'y' } } as TableSchemaInput)).toBe('time.column');
    expect(subjectOf({ columns, label, patientId: 'p', time: { column: 'p' } } as TableSchemaInput)).toBe(
      'time.column',
    );
    expect(subjectOf({ columns, label, time: { column: 'a' } } as TableSchemaInput)).toBeUndefined();
  });
});
