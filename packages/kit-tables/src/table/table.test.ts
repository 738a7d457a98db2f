import { parseWith } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  coursesOf,
  emptyRow,
  EncodedTable,
  Table,
  tableSchema,
  trainingData,
  type TableSchemaInput,
} from '../index.js';
import { MissingMask } from './missing-mask.js';

const tableOf = (schema: Partial<TableSchemaInput>) =>
  new Table(
    'ward',
    parseWith(
      tableSchema,
      {
        columns: [{ name: 'a', kind: 'categorical', levels: ['x', 'y'] }],
        label: { name: 'y', kind: 'value' },
        ...schema,
      },
      'the schema',
    ),
  );
const row = { ...emptyRow(1), values: Float64Array.of(1), label: 3, line: 7 };

describe('Table', () => {
  it('has the records that join behind its rows, as they are, and does not count them as rows', () => {
    const table = tableOf({ patientId: 'id', split: { column: 'set', test: ['t'] }, time: { column: 'when' } });
    table.add({ ...row, patientId: 'p', testing: true, time: 5 });
    const features = Float64Array.of(2.5, -1); // of no row: neither is 0 or 1
    table.join([{ features, label: 4, patientId: 'canary' }]);
    features.fill(0);
    expect([table.count, table.rowCount, table.rows.read]).toEqual([2, 1, 1]);
    expect([table.lines, table.labels, table.patientIds, table.testing, table.times]).toEqual([
      [7, 0],
      [3, 4],
      ['p', 'canary'],
      [true, false],
      [5, NaN],
    ]);
    const encoded = new EncodedTable(table);
    expect([[...encoded.content(0)], [...encoded.content(1)]]).toEqual([
      [0, 1, 3],
      [2.5, -1, 4],
    ]);
    const [data] = trainingData(encoded, [{ name: 'all' }], () => 0);
    expect([...data.features]).toEqual([0, 1, 2.5, -1]);
    expect(() => table.add({ ...row, patientId: 'q', testing: true, time: 6 })).toThrow('rows come before');
    expect(() => table.join([{ features: new Float64Array(3), label: 0, patientId: '' }])).toThrow('3 features where');
  });

  it('refuses a row that lacks what the schema names', () => {
    for (const [schema, subject] of [
      [{ patientId: 'id' }, 'patientId'],
      [{ split: { column: 'set', test: ['t'] } }, 'testing'],
      [{ time: { column: 'when' } }, 'time'],
    ] as const)
      expect(() => tableOf(schema as Partial<TableSchemaInput>).add(row)).toThrow(
        expect.objectContaining({ code: 'ARGUMENT_INVALID', subject }),
      );
  });
});

describe('coursesOf', () => {
  it('has the rows of each patient in the order of their times', () => {
    const patientIds = ['b', 'a', 'b', 'a', 'b', 'joined'];
    expect(coursesOf({ rowCount: 5, patientIds, times: [3, 1, 2, 1, -1, NaN] })).toEqual([
      [4, 2, 0],
      [1, 3],
    ]);
    expect(coursesOf({ rowCount: 3, patientIds, times: undefined })).toEqual([[0, 2], [1]]);
    expect(coursesOf({ rowCount: 2, patientIds: undefined, times: [2, 1] })).toEqual([[0], [1]]);
  });
});

describe('MissingMask', () => {
  it('has what was set, over the ends of bytes and of pieces, in any order', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }).chain((columns) =>
          fc.record({
            columns: fc.constant(columns),
            set: fc.dictionary(
              fc.integer({ min: 0, max: 20_000 }).map(String),
              fc.uint8Array({ minLength: columns, maxLength: columns, max: 1 }),
            ),
          }),
        ),
        ({ columns, set }) => {
          const mask = new MissingMask(columns);
          for (const [row, missing] of Object.entries(set)) mask.set(Number(row), missing);
          for (const row of [4095, 0, 4096, 99_999, ...Object.keys(set).reverse()])
            expect([...mask.row(Number(row))]).toEqual([...(set[row] ?? new Uint8Array(columns))]);
        },
      ),
    ));
});
