import { parseWith } from '@fedward/core';
import fc from 'fast-check';
import { readTable, tableSchema, textRowReader, type Table, type TableSchema, type TextRow } from '../index.js';

/** Of each kind a column, and beside them patient and visit. */
export const names = ['patient', 'visit', 'age', 'dose', 'sex', 'stage', 'ill'];

/** A policy for what is missing. */
export const policies = (fill: number | string) =>
  fc.constantFrom('drop-row' as const, { fill }, { fill, indicator: true });

/** Schemas that take any of `rows`, whatever is done with what is missing. */
export const schemas = fc
  .record({
    age: policies(50),
    dose: policies(1.5),
    sex: policies('M'),
    stage: policies(2),
    dropFirst: fc.boolean(),
  })
  .map(({ dropFirst, ...missing }) =>
    parseWith(
      tableSchema,
      {
        columns: [
          { name: 'age', kind: 'numeric', range: [0, 110], missing: missing.age },
          { name: 'dose', kind: 'numeric', missing: missing.dose },
          { name: 'sex', kind: 'binary', levels: ['F', 'M'], missing: missing.sex },
          { name: 'stage', kind: 'categorical', levels: [1, 2, 3], dropFirst, missing: missing.stage },
        ],
        label: {
          name: 'ill',
          kind: 'class',
          classes: ['no', 'yes'].map((name, i) => ({ name, values: [i] })),
          missing: 'drop-row',
        },
        patientId: 'patient',
        time: { column: 'visit', missing: 'drop-row' },
      },
      'the schema',
    ),
  );

/** A cell, or nothing in its place. */
const may = (cell: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 4, arbitrary: cell }, { weight: 1, arbitrary: fc.constantFrom('', 'NA') });

/** Rows of text in the order of `names`; some of them blank. */
export const rows = fc
  .array(
    fc.oneof(
      {
        weight: 12,
        arbitrary: fc.tuple(
          fc.integer({ min: 0, max: 9 }).map((id) => `p${id}`),
          may(fc.integer({ min: 0, max: 30 }).map(String)),
          may(fc.integer({ min: -5, max: 130 }).map(String)),
          may(fc.double({ min: -9, max: 9, noNaN: true }).map((x) => x.toFixed(3))),
          may(fc.constantFrom('F', 'M')),
          may(fc.constantFrom('1', '2.0', '03')),
          may(fc.constantFrom('0', '1')),
        ),
      },
      { weight: 1, arbitrary: fc.constant(names.map(() => '')) },
    ),
    { maxLength: 40 },
  )
  .map((all) => all.map((fields, i): TextRow => ({ line: i + 1, fields })));

/** Reads them. */
export function tableOf(schema: TableSchema, all: readonly TextRow[]): Promise<Table> {
  return readTable('ward', schema, [all], textRowReader(schema, names, { file: 'ward' }));
}

/** [columns]: 1 where a row has nothing. */
export function holesOf({ columns }: TableSchema, { fields }: TextRow): number[] {
  return columns.map(({ name }) => (['', 'NA'].includes(fields[names.indexOf(name)]!) ? 1 : 0));
}
