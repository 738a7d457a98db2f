import { canonicalJson, parseWith } from '@fedward/core';
import { emptyRow, readTable, tableSchema, textRowReader, type TableSchemaInput } from '@fedward/kit-tables';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fitImputation,
  fittedImputer,
  imputationRecords,
  imputerOf,
  learnedImputer,
  missingnessOf,
  parseImputationModel,
  prepareRecords,
  withoutSmallCounts,
  type ImputationModel,
} from '../index.js';

type Columns = TableSchemaInput['columns'];

const parse = (columns: Columns, imputation?: TableSchemaInput['imputation']) =>
  parseWith(
    tableSchema,
    { columns, label: { name: 'y', kind: 'value' }, ...(imputation && { imputation }) },
    'the schema',
  );

/** A table of rows whose cells are parted by blanks; `-` is none. */
const read = (columns: Columns, rows: readonly string[], imputation?: TableSchemaInput['imputation']) => {
  const schema = parse(columns, imputation);
  const names = [...columns.map(({ name }) => name), 'y'];
  const lines = rows.map((row, i) => ({
    line: i + 1,
    fields: [...row.split(' ').map((c) => (c === '-' ? '' : c)), `${i}`],
  }));
  return readTable('ward', schema, [lines], textRowReader(schema, names, { file: 'ward' }));
};

/** What becomes of cells; NaN is none. */
function fill(model: ImputationModel, schema: ReturnType<typeof parse>, cells: readonly number[]) {
  const row = emptyRow(cells.length);
  row.values.set(cells);
  row.missing.set(cells.map((cell) => Number(Number.isNaN(cell))));
  const reason = imputerOf(model, schema).impute(row);
  return reason ?? [...row.values];
}

const all = (count: number) => Array.from({ length: count }, (_, i) => i);
const number = (name: string, impute: 'mean' | 'median' | 'mode' | 'ridge' | 'knn', more: object = {}) =>
  ({ name, kind: 'numeric', missing: { impute }, ...more }) as Columns[number];
const level = (name: string, impute: 'mode' | 'ridge' | 'knn') =>
  ({ name, kind: 'categorical', levels: ['a', 'b', 'c'], missing: { impute } }) as Columns[number];

describe('what one site learns', () => {
  it('mean, median and mode, each of its own column, the smallest of equally common ones', async () => {
    const columns = [number('m', 'mean'), number('d', 'median'), number('o', 'mode'), level('l', 'mode')];
    const table = await read(columns, ['1 1 7 b', '2 - 3 c', '6 9 7 c', '- 4 3 b', '3 2 - -']);
    const model = fitImputation(table, all(5));
    expect(model).toMatchObject({ fitted: 'site', constants: [3, 3, 3, 1], ridge: null, nearest: null });
    expect(fill(model, table.schema, [NaN, NaN, NaN, NaN])).toEqual([3, 3, 3, 1]);
    expect(fill(model, table.schema, [9, NaN, 8, 0])).toEqual([9, 3, 8, 0]);
  });

  it('from the rows that it may learn from alone', async () => {
    const table = await read([number('m', 'mean')], ['1', '3', '100', '-']);
    expect(fitImputation(table, [0, 1, 3]).constants).toEqual([2]);
    expect(fittedImputer(table, [0, 1]).sharedStatistics).toBe('mean of m, learned from the training part');
  });

  it('regressions: a number, one of two levels, and the likeliest of several', async () => {
    const columns = [
      { name: 'x', kind: 'numeric' } as const,
      number('twice', 'ridge'),
      { name: 'high', kind: 'binary', missing: { impute: 'ridge' } } as const,
      level('third', 'ridge'),
    ];
    const row = (x: number) => `${x} ${2 * x} ${Number(x > 30)} ${x < 20 ? 'a' : x < 40 ? 'b' : 'c'}`;
    const table = await read(columns, all(60).map(row), { ridge: 1e-9, iterations: 3 });
    const model = fitImputation(table, all(60));
    const [, twice, high, third] = fill(model, table.schema, [55, NaN, NaN, NaN]) as number[];
    expect(twice).toBeCloseTo(110, 0);
    expect([high, third]).toEqual([1, 2]);
    expect(fill(model, table.schema, [3, 6, NaN, NaN])).toEqual([3, 6, 0, 0]);
  });

  it('a regression fills in no more than the schema allows', async () => {
    const columns = [{ name: 'x', kind: 'numeric' } as const, number('y2', 'ridge', { allowed: [0, 30] })];
    const table = await read(columns, ['1 10', '2 20', '3 30'], { ridge: 1e-9 });
    const model = fitImputation(table, all(3));
    expect(fill(model, table.schema, [50, NaN])).toEqual([50, 30]);
    expect(fill(model, table.schema, [-50, NaN])).toEqual([-50, 0]);
  });

  it('near records: the mean of numbers, the most common level; of equally far ones the earlier', async () => {
    const columns = [{ name: 'x', kind: 'numeric' } as const, number('y2', 'knn'), level('l', 'knn')];
    const rows = ['0 10 a', '1 20 a', '1 30 b', '9 90 c', '- 1 c'];
    const table = await read(columns.with(0, number('x', 'knn')), rows, { neighbours: 2, units: 'recorded' });
    const model = fitImputation(table, all(5));
    expect(fill(model, table.schema, [1, NaN, NaN])).toEqual([1, 25, 0]); // 20 and 30; a and b are one each
    expect(fill(model, table.schema, [0.5, NaN, 1])).toEqual([0.5, 20, 1]); // 30 is nearest by its level; then 10 or 20
    expect(fill(model, table.schema, [NaN, NaN, NaN])).toEqual([11 / 4, 151 / 5, 0]); // nothing in common with anybody
  });

  it('leaves rows out, fills in constants and learns from what is left', async () => {
    const columns = [
      { name: 'x', kind: 'numeric', missing: 'drop-row' } as const,
      { name: 'c', kind: 'numeric', missing: { fill: 5 } } as const,
      number('m', 'mean'),
    ];
    const table = await read(columns, ['1 1 2', '- 1 100', '1 - 4']);
    expect(table.rowCount).toBe(2); // what is declared is done as rows are read
    expect(imputationRecords(table, [0, 1]).values).toEqual(Float64Array.of(1, 1, 2, 1, 5, 4));
    const model = fitImputation(table, [0, 1]);
    expect(fill(model, table.schema, [NaN, 1, NaN])).toBe('no value in x');
    expect(fill(model, table.schema, [1, NaN, NaN])).toEqual([1, 5, 3]);
  });

  it('a column that is constant breaks nothing', async () => {
    const columns = [number('same', 'ridge'), number('z', 'ridge')];
    const table = await read(columns, ['0.1 1', '0.1 2', '0.1 -', '- 3']);
    const [same, z] = fill(fitImputation(table, all(4)), table.schema, [NaN, 2]) as number[];
    expect(same).toBeCloseTo(0.1, 12);
    expect(z).toBe(2);
  });
});

describe('a model', () => {
  const columns = [number('x', 'mean'), number('y2', 'ridge'), level('l', 'knn')];
  const rows = ['1 2 a', '- 3 b', '4 - b', '5 6 -'];

  it('is JSON, and fills in the same once it was saved: a new patient of a new hospital', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 3, maxLength: 9 }),
        async (xs) => {
          const own = xs.map((x, i) => `${x.toFixed(3)} ${i % 3 ? i : '-'} ${i % 2 ? 'a' : '-'}`);
          const table = await read(columns, own);
          const model = fitImputation(table, all(xs.length));
          const saved = JSON.parse(JSON.stringify(model)) as ImputationModel;
          expect(canonicalJson(parseImputationModel(saved))).toBe(canonicalJson(model));
          for (const cells of [
            [NaN, NaN, NaN],
            [1, NaN, 2],
            [NaN, 3, NaN],
          ])
            // prettier-ignore
            expect(fill(saved, table.schema, cells)).toEqual((fill(model, table.schema, cells) as number[]).map((x) => x + 0)); // JSON has no -0
        },
      ),
    ));

  it('is refused for other columns, naming the first that differs', async () => {
    const model = fitImputation(await read(columns, rows), all(4));
    const other = (i: number, column: Columns[number]) => () => imputerOf(model, parse(columns.with(i, column)));
    const refused = (subject: string) => expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject }) as Error;
    expect(other(0, number('z', 'mean'))).toThrow(refused('z'));
    expect(other(1, number('y2', 'mean'))).toThrow(refused('y2'));
    const levels = { name: 'l', kind: 'categorical', levels: ['b', 'a', 'c'], missing: { impute: 'knn' } } as const;
    expect(other(2, levels as unknown as Columns[number])).toThrow(refused('l'));
    expect(() => imputerOf(model, parse(columns.slice(1)))).toThrow(refused('y2'));
  });

  it('is refused where its numbers do not fit its columns', async () => {
    const model = fitImputation(await read(columns, rows), all(4));
    const bad: readonly (readonly [string, object])[] = [
      ['constants', { constants: [1, 2, null] }],
      ['ridge', { ridge: null }],
      ['nearest', { nearest: null }],
      ['ridge.start', { ridge: { ...model.ridge!, start: [] } }],
      ['ridge.steps', { ridge: { ...model.ridge!, steps: [{ column: 9, intercepts: [], weights: [] }] } }],
      ['nearest.records', { nearest: { ...model.nearest!, records: [[1]] } }],
    ];
    for (const [subject, change] of bad)
      expect(() => parseImputationModel({ ...model, ...change })).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID', subject }),
      );
    expect(() => parseImputationModel({})).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it('is not learned where there is nothing to learn from', async () => {
    for (const column of [number('x', 'mean'), number('x', 'median'), number('x', 'ridge'), number('x', 'knn')]) {
      const table = await read([column, { name: 'z', kind: 'numeric' }], ['- 1', '- 2', '3 3']);
      expect(() => fitImputation(table, [0, 1])).toThrow(expect.objectContaining({ code: 'DATA_EMPTY', subject: 'x' }));
    }
    const bare = await read([{ name: 'x', kind: 'numeric', missing: 'impute' }], ['1']);
    expect(() => fitImputation(bare, [0])).toThrow(/no method is declared/);
  });
});

describe('prepareRecords', () => {
  const split = { testFraction: 0.4, key: 'a secret' };
  const columns = [number('x', 'mean', { range: [0, 40], missing: { impute: 'mean', indicator: true } })];
  const rows = all(40).map((i) => (i % 4 ? String(i) : '-'));

  it('learns by the methods that the schema names from the training part, and says so', async () => {
    const { train, test } = prepareRecords(await read(columns, rows), { split });
    expect(train.featureNames).toEqual(['x', 'x missing']);
    const known = [...all(train.count)]
      .filter((i) => train.features[2 * i + 1] === 0)
      .map((i) => train.features[2 * i]!);
    const mean = known.reduce((sum, x) => sum + x, 0) / known.length;
    for (const part of [train, test]) {
      expect(part.sharedStatistics).toBe('mean of x, learned from the training part');
      const filled = all(part.count).filter((i) => part.features[2 * i + 1] === 1);
      expect(filled.length).toBeGreaterThan(0);
      for (const i of filled) expect(part.features[2 * i]).toBeCloseTo(mean, 5);
    }
  });

  it('takes what a federation has learned, and asks for it', async () => {
    const federated = { fitted: 'federation' } as const;
    const table = await read(columns, rows, federated);
    expect(() => prepareRecords(table, { split })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'x' }),
    );
    const model: ImputationModel = { ...fitImputation(table, all(40)), fitted: 'federation', constants: [40] };
    const { train } = prepareRecords(table, { split, imputer: learnedImputer(model) });
    expect(train.sharedStatistics).toBe('mean of x, learned from the training parts of a federation');
    all(train.count).forEach((i) => train.features[2 * i + 1] === 1 && expect(train.features[2 * i]).toBe(1));
  });
});

describe('missingnessOf', () => {
  it('counts what was missing, column by column, also once it is filled in', async () => {
    const columns = [number('x', 'mean'), number('z', 'mean'), { name: 'full', kind: 'numeric' } as const];
    const table = await read(columns, ['- 1 1', '1 - 2', '- 3 3', '4 4 4', '- 5 5', '- 6 6', '- 7 7', '8 - 8']);
    const report = missingnessOf(table);
    const counts = { x: 5, z: 2, full: 0 };
    expect(report).toEqual({
      ...{ name: 'ward', rows: 8 },
      columns: Object.entries(counts).map(([column, missing]) => ({ column, missing })),
    });
    // Of x three have a value, of z two have none.
    expect(withoutSmallCounts(report).columns.map(({ missing }) => missing)).toEqual([null, null, 0]);
    expect(withoutSmallCounts(report, 3).columns.map(({ missing }) => missing)).toEqual([5, null, 0]);
    expect(withoutSmallCounts(report, 9)).toMatchObject({ rows: null, columns: [{ missing: null }, { missing: null }, { missing: null }] }); // prettier-ignore
    expect(() => withoutSmallCounts(report, 1)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
  });
});
