import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TableSource } from '@fedward/kit-tables';
import { describe, expect, it } from 'vitest';
import { joinSource, openArff, openCsvSource, stackSources, type CsvOptionsInput } from './index.js';

const dataDir = process.env['FEDWARD_DATA'];

async function cellsOf(source: TableSource): Promise<readonly (readonly string[])[]> {
  const rows: (readonly string[])[] = [];
  for await (const batch of source.rows) rows.push(...batch.map(({ fields }) => fields));
  await source.close();
  return rows;
}

/** The number that stands before or after some words of a README. */
async function numberIn(set: string, pattern: RegExp): Promise<number> {
  const found = pattern.exec(await readFile(join(dataDir!, set, 'README.md'), 'utf8'));
  return Number(found![1]);
}

const names = (count: number) => Array.from({ length: count }, (_, i) => `c${i + 1}`);

interface Case {
  readonly set: string;
  readonly file: string;
  readonly columns: number | RegExp;
  /** As their README says; a number where it says it in words. */
  readonly rows: RegExp;
  readonly options?: CsvOptionsInput;
}

const cases: readonly Case[] = [
  { set: 'diabetes-130-us', file: 'diabetic_data_13000.csv', rows: /: (\d+) rows/, columns: /rows, (\d+) columns/ },
  { set: 'dermatology', file: 'dermatology.arff', rows: /(\d+) rows/, columns: 35 },
  { set: 'veteran', file: 'veteran.csv', rows: /(\d+) men/, columns: 8 },
  { set: 'veteran', file: 'veteran.arff', rows: /(\d+) men/, columns: 8 },
  {
    ...{ set: 'thyroid-new', file: 'new-thyroid.csv', rows: /(\d+) rows/, columns: /header, (\d+) columns/ },
    options: { header: names(6) },
  },
  {
    ...{
      set: 'breast-cancer-wisconsin-original',
      file: 'breast-cancer-wisconsin.data',
      rows: /(\d+) rows/,
      columns: 11,
    },
    options: { header: names(11) },
  },
  { set: 'colon-and-pbc', file: 'colon.csv', rows: /(\d+) rows/, columns: 16 },
  { set: 'colon-and-pbc', file: 'pbc.csv', rows: /`pbc\.csv`: (\d+) people/, columns: 20 },
  { set: 'gbsg2', file: 'gbsg2.csv', rows: /(\d+) women/, columns: 10 },
  { set: 'gbsg2', file: 'GBSG2.arff', rows: /(\d+) women/, columns: 10 },
  { set: 'support2', file: 'support2.csv', rows: /(\d+) rows/, columns: /rows, (\d+) columns/ },
];

describe.skipIf(!dataDir)('tables of hospitals as sources (need FEDWARD_DATA)', () => {
  it.each(cases)('$set/$file', async ({ set, file, rows, columns, options }) => {
    const path = join(dataDir!, set, file);
    const source = await (file.endsWith('.arff') ? openArff(path) : openCsvSource(path, options));
    const cells = await cellsOf(source);
    expect(source.names).toHaveLength(typeof columns === 'number' ? columns : await numberIn(set, columns));
    expect(cells).toHaveLength(await numberIn(set, rows));
    expect(cells.every(({ length }) => length === source.names.length)).toBe(true);
    expect(source.files).toEqual([path]);
  });

  it('what is missing is as their READMEs say', async () => {
    const count = async (set: string, file: string, cell: string, column: string) => {
      const source = await openCsvSource(join(dataDir!, set, file));
      const at = source.names.indexOf(column);
      return (await cellsOf(source)).filter((row) => row[at] === cell).length;
    };
    expect(await count('diabetes-130-us', 'diabetic_data_13000.csv', '?', 'weight')).toBe(12_627);
    expect(await count('support2', 'support2.csv', '', 'num_adlp')).toBe(5641);
    expect(await count('colon-and-pbc', 'pbc.csv', '', 'trig')).toBe(136);
  });

  it('the two spellings of a set are one table: veteran', async () => {
    const path = (file: string) => join(dataDir!, 'veteran', file);
    const csv = await openCsvSource(path('veteran.csv'));
    const arff = await openArff(path('veteran.arff'));
    const pick = (source: TableSource, columns: string[]) => columns.map((name) => source.names.indexOf(name));
    const own = pick(csv, ['celltype', 'time', 'karno', 'age']);
    const other = pick(arff, ['Celltype', 'Survival_in_days', 'Karnofsky_score', 'Age_in_years']);
    const of = (cells: readonly (readonly string[])[], at: number[]) => cells.map((row) => at.map((i) => row[i]));
    expect(of(await cellsOf(arff), other)).toEqual(of(await cellsOf(csv), own));
  });
});

/** A source of rows that are there. */
function given(file: string, columns: string[], ...rows: string[][]): TableSource & { closed: boolean } {
  const source = {
    names: columns,
    files: [file],
    closed: false,
    rows: (async function* () {
      yield rows.map((fields, i) => ({ line: i + 2, fields }));
    })(),
    close: async () => (source.closed = true),
  };
  return source;
}

describe('joinSource', () => {
  const ward = (...rows: string[][]) => given('ward.csv', ['id', 'age'], ...rows);
  const labels = (...rows: string[][]) => given('labels.csv', ['ill', 'patient'], ...rows);
  const on = { left: 'id', right: 'patient' };
  const refused = (joined: Promise<TableSource>, message: RegExp) =>
    expect(joined.then(cellsOf)).rejects.toMatchObject({
      code: 'DATA_MALFORMED',
      message: expect.stringMatching(message),
    });

  it('finds the row with the key, by its value', async () => {
    const [left, right] = [
      ward(['1', '38'], ['02', '37'], ['1', '39'], ['', '']),
      labels(['y', '2.0'], ['', ''], ['n', '1'], ['y', '7']),
    ];
    const source = await joinSource(left, right, { on });
    expect(source.names).toEqual(['id', 'age', 'ill']);
    expect(await cellsOf(source)).toEqual([
      ['1', '38', 'n'],
      ['02', '37', 'y'],
      ['1', '39', 'n'],
    ]);
    expect(source.remarks!()).toEqual(['labels.csv: no row of ward.csv asks for 1 of its rows.']);
    expect([source.files, left.closed, right.closed]).toEqual([['ward.csv', 'labels.csv'], true, true]);
  });

  it('refuses, leaves out or leaves empty what has no match', async () => {
    const sides = () => [ward(['1', '38'], ['3', '37']), labels(['y', '1'])] as const;
    await refused(
      joinSource(...sides(), { on }),
      /^ward\.csv, line 3, column "id": labels\.csv has no row with this key$/,
    );
    const out = await joinSource(...sides(), { on, unmatched: 'leave-out' });
    expect(await cellsOf(out)).toEqual([['1', '38', 'y']]);
    expect(out.remarks!()).toEqual(['ward.csv: 1 rows have no row in labels.csv and were left out.']);
    const empty = await joinSource(...sides(), { on, unmatched: 'empty' });
    expect(await cellsOf(empty)).toEqual([
      ['1', '38', 'y'],
      ['3', '37', ''],
    ]);
  });

  it.each([
    [
      'two rows with a key',
      labels(['y', '1'], ['n', '1.0']),
      /labels\.csv, line 3, column "patient": has the key that line 2 has/,
    ],
    ['a row without a key', labels(['y', '']), /line 2, column "patient": there is no key to join by/],
    ['a column that both have', given('b.csv', ['age', 'patient'], ['1', '1']), /both have a column "age"/],
    ['no such column', given('b.csv', ['x'], ['1']), /b\.csv: no column is named "patient" to join by/],
  ])('refuses %s', async (_, right, message) => {
    const left = ward(['1', '38']);
    await refused(joinSource(left, right, { on }), message);
    expect(left.closed).toBe(true);
  });
});

describe('stackSources', () => {
  it('puts rows one after the other, columns by name', async () => {
    const source = stackSources([given('a', ['x', 'y'], ['1', '2']), given('b', ['y', 'x'], ['4', '3'])], {
      column: 'set',
      values: ['train', 'test'],
    });
    expect([source.names, await cellsOf(source)]).toEqual([
      ['x', 'y', 'set'],
      [
        ['1', '2', 'train'],
        ['3', '4', 'test'],
      ],
    ]);
    expect(source.files).toEqual(['a', 'b']);
  });

  it('refuses what does not fit', () => {
    const a = given('a', ['x', 'y']);
    expect(() => stackSources([a, given('b', ['x', 'z'])])).toThrow('b has 2 columns and lacks 1 of the 2 of a');
    expect(() => stackSources([a, given('b', ['x', 'y', 'z'])])).toThrow('b has 3 columns and lacks 0 of the 2');
    expect(() => stackSources([])).toThrow('there is no source');
    expect(() => stackSources([a], { column: 'set', values: [] })).toThrow('0 values for 1 sources');
    expect(() => stackSources([a], { column: 'x', values: ['1'] })).toThrow('a has a column "x" of its own');
  });
});
