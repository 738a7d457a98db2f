import { parseWith } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blankRow,
  declaredImputer,
  EncodedTable,
  featuresOf,
  fitScaler,
  imputeTable,
  readTable,
  tableSchema,
  textRowReader,
  trainingData,
  type Imputer,
  type ImputerFit,
  type TableSchema,
  type TextRow,
} from './index.js';
import { holesOf, names, rows, schemas, tableOf } from './testing/tables.js';

/** Why a row is left out, by its cells and the schema alone: said a second time, without the kit. */
function reasonOf(schema: TableSchema, row: TextRow): string | undefined {
  if (row.fields.every((field) => field === '')) return blankRow;
  const holes = holesOf(schema, row);
  const first = schema.columns.find(({ missing }, i) => holes[i] === 1 && missing === 'drop-row');
  const side = [schema.label.name, schema.time!.column].find((name) =>
    ['', 'NA'].includes(row.fields[names.indexOf(name)]!),
  );
  const lacking = first?.name ?? side;
  return lacking === undefined ? undefined : `no value in ${lacking}`;
}

const partsOf = [{ name: 'even' }, { name: 'odd' }];

describe('from rows to training data', () => {
  it('a row is in the training data, or counted with its reason', () =>
    fc.assert(
      fc.asyncProperty(schemas, rows, async (schema, all) => {
        const table = await tableOf(schema, all);
        const kept = all.filter((row) => reasonOf(schema, row) === undefined);
        const reasons = all.map((row) => reasonOf(schema, row)).filter((reason) => reason !== undefined);
        expect(table.lines).toEqual(kept.map(({ line }) => line));
        expect([table.rows.read, table.rows.used]).toEqual([all.length, kept.length]);
        expect(Object.fromEntries(table.rows.dropped.map(({ reason, rows }) => [reason, rows]))).toEqual(
          Object.fromEntries(
            [...new Set(reasons)].map((why) => [why, reasons.filter((other) => other === why).length]),
          ),
        );
        const ids = kept.map(({ fields }) => fields[0]!);
        const [even, odd] = trainingData(new EncodedTable(table), partsOf, (record) => record % 2);
        expect(even!.patientIds).toEqual(ids.filter((_, i) => i % 2 === 0));
        expect(odd!.patientIds).toEqual(ids.filter((_, i) => i % 2 === 1));
        expect(even!.features.length + odd!.features.length).toBe(kept.length * table.width);
        expect([...even!.features, ...odd!.features].every(Number.isFinite)).toBe(true);
      }),
    ));

  it('which values were missing is known in the table, after an imputer, and in the indicators', () =>
    fc.assert(
      fc.asyncProperty(schemas, rows, async (schema, all) => {
        const expected = all.filter((row) => reasonOf(schema, row) === undefined).map((row) => holesOf(schema, row));
        const table = await tableOf(schema, all);
        const masks = () => expected.map((_, row) => [...table.row(row).missing]);
        expect(masks()).toEqual(expected);
        expect(masks().reverse()).toEqual(expected.toReversed()); // in any order, again and again
        const again = imputeTable(table, { impute: () => undefined }).table;
        expect(expected.map((_, row) => [...again.row(row).missing])).toEqual(expected);
        const indicators = featuresOf(schema.columns).flatMap(({ name, column }, j) =>
          name.endsWith(' missing') ? [[j, schema.columns.findIndex((own) => own.name === column)] as const] : [],
        );
        const [data] = trainingData(new EncodedTable(again), [{ name: 'all' }], () => 0);
        for (const [feature, column] of indicators)
          expect(expected.map((_, row) => data.features[row * again.width + feature])).toEqual(
            expected.map((mask) => mask[column]),
          );
      }),
    ));

  it('what becomes of a row hangs on that row alone, where all is declared', () =>
    fc.assert(
      fc.asyncProperty(schemas, rows, rows, async (schema, all, others) => {
        const made = async (some: readonly TextRow[]) => {
          const table = await tableOf(schema, some);
          const { width } = table;
          const [data] = trainingData(new EncodedTable(table), [{ name: 'all' }], () => 0);
          expect(data).not.toHaveProperty('sharedStatistics');
          return table.lines.map((line, i) => [line, ...data.features.subarray(i * width, (i + 1) * width)]);
        };
        const beside = others.map((row) => ({ ...row, line: row.line + 1000 }));
        expect((await made([...all, ...beside])).slice(0, (await made(all)).length)).toEqual(await made(all));
      }),
    ));

  it('an imputer gives the same at the door and afterwards', () =>
    fc.assert(
      fc.asyncProperty(schemas, rows, async (schema, all) => {
        const read = textRowReader(schema, names, { file: 'ward' });
        const later: Imputer = { impute: () => undefined };
        const { table } = imputeTable(await readTable('ward', schema, [all], read, later), declaredImputer(schema));
        const atOnce = await tableOf(schema, all);
        expect(table.lines).toEqual(atOnce.lines);
        expect(table.times).toEqual(atOnce.times);
        expect([table.rows.read, table.rows.used]).toEqual([atOnce.rows.read, atOnce.rows.used]);
        const [a] = trainingData(new EncodedTable(table), [{ name: 'all' }], () => 0);
        const [b] = trainingData(new EncodedTable(atOnce), [{ name: 'all' }], () => 0);
        expect(a).toEqual(b);
      }),
    ));
});

/** The mean of what is there, as an imputer of a later package may have it. */
const means =
  (columns: number[]) =>
  (...[table, trainedOn]: Parameters<ImputerFit>): Imputer => {
    const values = columns.map((column) => {
      const there = trainedOn.map((row) => table.row(row).values[column]!).filter((x) => !Number.isNaN(x));
      return there.reduce((sum, x) => sum + x, 0) / there.length;
    });
    return {
      sharedStatistics: 'the mean of each column',
      impute: ({ values: own }) => {
        columns.forEach((column, i) => {
          if (Number.isNaN(own[column]!)) own[column] = values[i]!;
        });
        return own[1]! > 100 ? 'a dose that nobody has' : undefined;
      },
    };
  };

describe('what is learned from records', () => {
  const schema = parseWith(
    tableSchema,
    {
      columns: [
        { name: 'age', kind: 'numeric', missing: 'impute' },
        { name: 'dose', kind: 'numeric' },
      ],
      label: { name: 'ill', kind: 'value' },
    },
    'the schema',
  );
  /** Of each its age and dose. */
  const read = (cells: readonly string[]) =>
    readTable(
      'ward',
      schema,
      [cells.map((cell, i) => ({ line: i + 1, fields: [...cell.split(' '), '0'] }))],
      textRowReader(schema, ['age', 'dose', 'ill'], { file: 'ward' }),
    );

  it('marks what it was used on; a row that it leaves out is counted', async () => {
    const table = await read(['10 1', ' 2', '30 3', '40 999', ' 4']);
    const { table: complete, kept } = imputeTable(table, means([0])(table, [0, 2]));
    expect(kept).toEqual([0, 1, 2, 4]);
    expect(complete.rows).toEqual({ read: 5, used: 4, dropped: [{ reason: 'a dose that nobody has', rows: 1 }] });
    expect(kept.map((_, row) => [complete.row(row).values[0], complete.row(row).missing[0]])).toEqual([
      [10, 0],
      [20, 1],
      [30, 0],
      [20, 1],
    ]);
    const encoded = new EncodedTable(complete);
    const scaler = fitScaler(encoded, [0, 1], 'two of them');
    const [data] = trainingData(encoded, [{ name: 'all' }], () => 0, scaler);
    expect(data.sharedStatistics).toBe('the mean of each column; mean and deviation of two of them');
  });

  it('marks a table that it was used on as it came in', async () => {
    const rows = [{ line: 1, fields: ['', '1', '0'] }];
    const imputer: Imputer = { ...means([0])(await read(['7 1']), [0]) };
    const reader = textRowReader(schema, ['age', 'dose', 'ill'], { file: 'ward' });
    const table = await readTable('ward', schema, [rows], reader, imputer);
    expect([table.row(0).values[0], table.sharedStatistics]).toEqual([7, 'the mean of each column']);
  });

  it('a cell that no imputer fills in, or with what no feature can be, ends there, with its place', async () => {
    const all = [{ name: 'all' }] as const;
    const table = await read(['10 1', ' 2']);
    expect(() => trainingData(new EncodedTable(table), all, () => 0)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INCOMPATIBLE',
        subject: 'age',
        message: expect.stringMatching(/^ward, line 2, column "age": there is no value/),
      }),
    );
    const { table: filled } = imputeTable(await read(['10 1', ' 2']), {
      impute({ values, missing }) {
        if (missing[0] === 1) values[0] = 1e39;
        return undefined;
      },
    });
    expect(() => trainingData(new EncodedTable(filled), all, () => 0)).toThrow(
      expect.objectContaining({ code: 'DATA_NOT_FINITE', subject: 'age' }),
    );
  });
});
