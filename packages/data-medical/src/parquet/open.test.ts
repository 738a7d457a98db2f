import { readFile } from 'node:fs/promises';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TableSource, TextRow } from '@fedward/kit-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { groups, refused, types } from './arrow.fixture.js';
import { openParquetFile } from './file.js';
import { openParquet } from './open.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'fedward-parquet-'))));
afterAll(() => rm(folder, { recursive: true }));

const written = async (bytes: Uint8Array) => {
  await writeFile(join(folder, 'ward.parquet'), bytes);
  return join(folder, 'ward.parquet');
};
const rowsOf = async (source: TableSource) => {
  const rows: TextRow[] = [];
  try {
    for await (const batch of source.rows) rows.push(...batch);
  } finally {
    await source.close();
  }
  return rows;
};
const read = async (base64: string, wanted?: string[]) => {
  const source = await openParquet(await written(Buffer.from(base64, 'base64')), wanted);
  return { source, rows: await rowsOf(source) };
};

describe.each([
  ['one row group', types],
  ['row groups of two rows, pages of version 2', groups],
])('openParquet of %s', (_, file) => {
  it('reads each type exactly', async () => {
    const { source, rows } = await read(file);
    const column = (name: string) => rows.map(({ fields }) => fields[source.names.indexOf(name)]);
    const found = Object.fromEntries(source.names.map((name) => [name, column(name)]));
    expect(found).toEqual({
      u32: ['0', '4294967295', ''],
      u64: ['18446744073709551615', '', '1'],
      i64: ['-9223372036854775808', '5', ''],
      i8: ['-128', '', '7'],
      flag: ['true', '', 'false'],
      dec: ['-12.05', '', '0.07'],
      dec32: ['-12.050', '', '29.010'],
      day: ['1969-12-31', '', '2024-02-29'],
      ms: ['1969-12-31T23:59:59.999Z', '', '2024-01-31T08:30:00Z'],
      us: ['2024-01-31T08:30:00.000001', '', '1969-12-31T23:59:59.999999'],
      ns: ['2024-01-31T08:30:00.000000001', '', '1970-01-01T00:00:00'],
      time: ['08:30:00.000005', '', '00:00:00'],
      f: [String(Math.fround(0.1)), '', 'NaN'],
      text: ['Müller', '', ''],
      dict: ['a', '', 'a'],
      list: ['', '', ''],
      fixed: ['', '', ''],
      big: ['', '', ''],
    });
    const lists = (name: string) => rows.map(({ arrays }) => arrays?.[name] && Array.from(arrays[name].values));
    expect([lists('list'), lists('fixed'), lists('big')]).toEqual([
      [[1, 2], undefined, [3, 4]],
      [
        [0.5, NaN],
        [1, 2],
        [3, 4],
      ],
      [[1], [2], [2 ** 53 - 1]],
    ]);
    expect(rows[0]!.arrays!['list']!.shape).toEqual([2]);
    expect(rows.map(({ line }) => line)).toEqual([1, 2, 3]);
    expect(source.notes).toEqual({ flag: { levels: ['false', 'true'] } });
  });

  it('reads the columns that are wanted, and shows the others where one is not there', async () => {
    const { source, rows } = await read(file, ['day', 'u32']);
    expect([source.names, rows[2]!.fields]).toEqual([
      ['u32', 'day'],
      ['', '2024-02-29'],
    ]);
    expect((await read(file, ['day', 'no'])).source.names).toContain('u64');
  });
});

describe('what is refused', () => {
  const refusal = (reading: Promise<unknown>, message: RegExp, code = 'DATA_MALFORMED') =>
    expect(reading).rejects.toMatchObject({ code, message: expect.stringMatching(message) });

  it.each([
    ['deep', /column "deep" is nested: of such columns only lists of numbers/],
    ['rec', /column "rec" is nested: its cells are records/],
    ['strings', /column "strings" is nested/],
    ['uid', /column "uid" is bytes of a fixed length/],
    ['raw', /line 1, column "raw": a value that is none of its type/],
    ['ragged', /line 2, column "ragged": a list of 2 numbers where those before have 1/],
  ])('%s, by its name', async (name, message) => refusal(read(refused, [name]), message));

  it('nested columns only where they are asked for', async () => {
    await refusal(read(refused), /column "deep" is nested.*say which of the others are wanted/);
    const { source, rows } = await read(refused, ['x']);
    expect(rows.map(({ fields }) => fields)).toEqual([['1.5'], ['2.5']]);
    expect(source.remarks!().join()).toMatch(/column "rec" is nested/);
  });

  it.each([
    ['no Parquet', Buffer.from('age,ill\n1,0\n2,1\n'), /no Parquet file/],
    ['nothing', Buffer.alloc(0), /it is too short/],
    ['its end missing', Buffer.from(types, 'base64').subarray(0, 2000), /it was cut short: its end is not there/],
    [
      'a footer that is too long',
      Buffer.from('PAR1xxxxxxxx\xff\xff\xff\x02PAR1', 'latin1'),
      /footer is longer than it is/,
    ],
    ['a huge footer', Buffer.from('PAR1xxxxxxxx\xff\xff\xff\x7fPAR1', 'latin1'), /a footer of 2147483647 bytes/],
    ['an encrypted footer', Buffer.from('PAR1xxxxxxxx\x04\0\0\0PARE', 'latin1'), /it is encrypted/],
    ['a footer of nothing', Buffer.from('PAR1xxxxxxxx\x04\0\0\0PAR1', 'latin1'), /its footer is damaged/],
  ])('a file with %s', async (_, bytes, message) => refusal(openParquet(await written(bytes)), message));

  it('a file that is not there', () => refusal(openParquet(join(folder, 'no')), /there is no file/, 'FILE_NOT_FOUND'));
});

const dataDir = process.env['FEDWARD_DATA'];
describe.skipIf(!dataDir)('seven codings, OMOP and Synthea (need FEDWARD_DATA)', () => {
  interface Expected {
    readonly rows: number;
    readonly row_groups: number;
    readonly created_by: string;
    readonly codec: string;
    readonly encodings_first_columns: Record<string, string[]>;
    readonly columns: Record<string, { readonly type: string; readonly nulls: number; readonly sum?: string | number }>;
  }

  it('have each value of expected.json', async () => {
    const path = (name: string) => join(dataDir!, 'parquet', name);
    const { files } = JSON.parse(await readFile(path('expected.json'), 'utf8')) as { files: Record<string, Expected> };
    expect(Object.keys(files)).toHaveLength(12);
    for (const [name, expected] of Object.entries(files)) {
      const { metadata, close } = await openParquetFile(path(name));
      await close();
      expect(metadata.created_by).toContain(expected.created_by.split(' ')[0]);
      expect(metadata.row_groups).toHaveLength(expected.row_groups);
      for (const chunk of metadata.row_groups[0]!.columns) {
        const { codec, encodings, path_in_schema: column } = chunk.meta_data!;
        expect(codec).toBe(expected.codec === 'LZ4' ? 'LZ4_RAW' : expected.codec);
        const wanted = expected.encodings_first_columns[column.join('.')];
        if (wanted) expect([...encodings].sort()).toEqual([...wanted].sort());
      }
      const flat = Object.keys(expected.columns).filter(
        (column) => !expected.columns[column]!.type.startsWith('list<'),
      );
      const source = await openParquet(path(name), flat);
      expect(source.names).toEqual(flat);
      const rows = await rowsOf(source);
      expect(rows).toHaveLength(expected.rows);
      for (const [i, column] of flat.entries()) {
        const { nulls, sum, type } = expected.columns[column]!;
        const cells = rows.map(({ fields }) => fields[i]!);
        expect([name, column, cells.filter((cell) => cell === '').length]).toEqual([name, column, nulls]);
        if (typeof sum === 'string') expect(String(cells.reduce((a, cell) => a + BigInt(cell), 0n))).toBe(sum);
        if (typeof sum === 'number') expect(cells.reduce((a, cell) => a + Number(cell), 0)).toBeCloseTo(sum, 8);
        const form = /^timestamp/.test(type)
          ? /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/
          : type === 'date32[day]'
            ? /^\d{4}-\d\d-\d\d$/
            : type.startsWith('decimal')
              ? /^-?\d+\.\d+$/
              : type === 'bool'
                ? /^(true|false)$/
                : /(?:)/;
        expect(cells.filter((cell) => cell !== '' && !form.test(cell))).toEqual([]);
      }
    }
    await expect(openParquet(path('synthea_nested.parquet'), ['conditions'])).rejects.toThrow('"conditions" is nested');
  });

  it('have the same rows in all codings', async () => {
    const names = ['brotli', 'delta', 'gzip_nodict', 'lz4', 'plain', 'snappy', 'zstd_v2'];
    const [first, ...others] = await Promise.all(
      names.map(async (name) => rowsOf(await openParquet(join(dataDir!, 'parquet', `heart_${name}.parquet`)))),
    );
    for (const rows of others) expect(rows).toEqual(first);
  });
});
