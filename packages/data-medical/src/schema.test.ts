import { parseWith } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { featuresOf, tableSchema, type TableSchemaInput } from './index.js';

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
