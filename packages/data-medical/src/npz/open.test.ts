import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TableSource, TextRow } from '@fedward/kit-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compressed, pickled, stored } from './numpy.fixture.js';
import { openNpy, openNpz } from './open.js';
import type { NpzOptionsInput } from './parts.js';
import { npyOf, npyWithHeader, zipOf, type FixtureEntry } from './zip.fixture.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'fedward-npz-'))));
afterAll(() => rm(folder, { recursive: true }));

const written = async (bytes: Uint8Array, name = 'scans.npz') => {
  await writeFile(join(folder, name), bytes);
  return join(folder, name);
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
const read = async (entries: readonly FixtureEntry[], options?: NpzOptionsInput) =>
  rowsOf(await openNpz(await written(zipOf(entries)), options));
const u1 = (name: string, shape: number[], from = 0): FixtureEntry => {
  const size = shape.reduce((a, b) => a * b, 1);
  return {
    name: `${name}.npy`,
    bytes: npyOf(
      '|u1',
      shape,
      Uint8Array.from({ length: size }, (_, i) => from + i),
    ),
  };
};
const refused = (reading: Promise<unknown>, message: RegExp, code = 'DATA_MALFORMED') =>
  expect(reading).rejects.toMatchObject({ code, message: expect.stringMatching(message) });

describe('arrays of NumPy', () => {
  it('are read as NumPy has them: types, byte orders, both orders of indices', async () => {
    const source = await openNpz(await written(Buffer.from(compressed, 'base64')));
    const rows = await rowsOf(source);
    const column = (name: string) => rows.map(({ fields }) => fields[source.names.indexOf(name)]);
    expect(column('f4')).toEqual(['1.5', '', String(Math.fround(-2e-3))]);
    expect(column('f8b')).toEqual(['1.5', 'Infinity', '1e-300']);
    expect(column('i8')).toEqual(['9223372036854775807', '-5', '0']);
    expect(column('u2b')).toEqual(['1', '65535', '3']);
    expect(column('colf')).toEqual(['7', '8', '9']);
    expect(column('flag')).toEqual(['true', 'false', 'true']);
    expect(column('text')).toEqual(['M\u00fcller \u{1f600}', 'b', '']);
    expect(column('raw')).toEqual(['ab', '', 'c']);
    expect(column('half').map(Number)).toEqual([0.0999755859375, -65504, 5.960464477539063e-8]);
    const arrays = (name: string) => rows.map((row) => Array.from(row.arrays![name]!.values));
    expect(arrays('cube')).toEqual([0, 8, 16].map((from) => Array.from({ length: 8 }, (_, i) => from + i)));
    expect(arrays('img')).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9, 10, 11],
    ]);
    expect(arrays('sig')).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
    expect(arrays('wide')).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
    expect(source.notes).toMatchObject({ cube: { shape: [2, 4] }, flag: { levels: ['false', 'true'] } });
    expect(rows.map(({ line }) => line)).toEqual([1, 2, 3]);
  });

  it('are read where they are stored', async () => {
    const rows = await rowsOf(await openNpz(await written(Buffer.from(stored, 'base64'))));
    expect(rows.map(({ fields }) => fields[0])).toEqual(['1.5', '', String(Math.fround(-2e-3))]);
  });

  it('that are objects are refused by name', async () =>
    refused(openNpz(await written(Buffer.from(pickled, 'base64'))), /array "o" holds objects of Python \(a pickle\)/));

  it('in a file of its own is the column "values"', async () => {
    const file = await written(npyOf('<i2', [2, 1], Uint8Array.of(1, 0, 255, 255)), 'x.npy');
    const source = await openNpy(file);
    expect([source.names, (await rowsOf(source)).map(({ fields }) => fields)]).toEqual([['values'], [['1'], ['-1']]]);
    for (const version of [2, 3]) {
      const header = "{'descr': '<u1', 'fortran_order': False, 'shape': (2, 2), }";
      const again = await openNpy(await written(npyWithHeader(header, Uint8Array.of(1, 2, 3, 4), version), 'y.npy'));
      expect((await rowsOf(again))[1]!.arrays!['values']!.values).toEqual(Uint8Array.of(3, 4));
    }
  });

  it.each([
    ['complex numbers', npyOf('<c8', [1], new Uint8Array(8)), /has the element type c8, which is not read/],
    ['times', npyOf('<M8[D]', [1], new Uint8Array(8)), /element type M8/],
    [
      'records',
      npyWithHeader("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", new Uint8Array(4)),
      /records of several fields/,
    ],
    ['a single value', npyOf('<f4', [], new Uint8Array(4)), /is a single value and no column/],
    [
      'a shape that is a lie',
      npyOf('<f4', [2 ** 40, 2 ** 12], new Uint8Array(8)),
      /takes 18014398509481984 bytes, and 8 are there/,
    ],
    ['rows of nothing', npyOf('<f4', [2 ** 50, 0], new Uint8Array(0)), /its rows hold nothing/],
    ['texts of nothing', npyOf('<U0', [2 ** 50], new Uint8Array(0)), /element type U0/],
    ['several texts a row', npyOf('<U1', [1, 2], new Uint8Array(8)), /several texts in a row/],
    ['wide integers', npyOf('<i8', [1, 2], new Uint8Array(16).fill(120)), /integers beyond 2\^53/],
    ['another format', new TextEncoder().encode('age,ill\n1,0\n'), /is no array of NumPy/],
    ['a header that is none', npyWithHeader('{}', new Uint8Array(4)), /a header that is none of NumPy/],
    [
      'a long header',
      npyWithHeader(' '.repeat(20_000), new Uint8Array(4), 2),
      /has a header of \d+ bytes, and 10000 are the most/,
    ],
    ['a later version', npyWithHeader('{}', new Uint8Array(4), 4), /has version 4 of the format/],
    ['a header that is cut', npyOf('<f4', [1], new Uint8Array(4)).subarray(0, 40), /is cut short in its header/],
    ['data that are cut', npyOf('<f4', [2], new Uint8Array(7)), /takes 8 bytes, and 7 are there/],
    ['data that go on', npyOf('<f4', [2], new Uint8Array(9)), /takes 8 bytes, and 9 are there/],
  ])('that has %s is refused', async (_, bytes, message) =>
    refused(openNpy(await written(bytes, 'z.npy')).then(rowsOf), message),
  );
});

describe('which arrays make a table', () => {
  const sets = [u1('train_x', [3, 2]), u1('train_y', [3, 1], 10), u1('test_y', [2], 20), u1('test_x', [2, 2], 50)];

  it('is told by the names of sets', async () => {
    const source = await openNpz(await written(zipOf(sets)));
    expect(source.names).toEqual(['set', 'x', 'y']);
    expect(source.notes).toEqual({ set: { levels: ['train', 'test'] }, x: { shape: [2] } });
    const rows = await rowsOf(source);
    expect(rows.map(({ fields }) => fields.join())).toEqual([
      'train,,10',
      'train,,11',
      'train,,12',
      'test,,20',
      'test,,21',
    ]);
    expect(rows[4]!.arrays!['x']).toEqual({ shape: [2], values: Uint8Array.of(52, 53) });
    expect(rows.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5]);
  });

  it('is told by sets behind the names, which names alone would take for two tables', async () => {
    const rows = await read([u1('x_train', [2]), u1('y_train', [2], 5), u1('x_test', [2], 10), u1('y_test', [2], 15)]);
    expect(rows.map(({ fields }) => fields.join())).toEqual(['train,0,5', 'train,1,6', 'test,10,15', 'test,11,16']);
  });

  it('is one table where names tell no sets', async () => {
    const names = ['x_mean', 'x_sd', 'y_mean', 'y_sd'];
    const source = await openNpz(await written(zipOf(names.map((name) => u1(name, [2])))));
    expect(source.names).toEqual(names);
    await source.close();
  });

  it('is what the options say', async () => {
    const parts = [
      { set: 'b', arrays: { label: 'test_y' } },
      { set: 'a', arrays: { label: 'train_y' } },
    ];
    expect((await read(sets, { parts })).map(({ fields }) => fields.join())).toEqual([
      'b,20',
      'b,21',
      'a,10',
      'a,11',
      'a,12',
    ]);
    const other = [{ set: 'a', arrays: { set: 'train_y' } }];
    await refused(read(sets, { parts: other }), /the column "set" says which part/, 'CONFIG_INVALID');
    await refused(
      read(sets, { parts: [{ set: 'a', arrays: { y: 'no' } }] }),
      /there is no array "no"/,
      'CONFIG_INVALID',
    );
    const differing = [parts[0]!, { set: 'a', arrays: { y: 'train_y' } }];
    await refused(read(sets, { parts: differing }), /each part has the same columns, and "a"/, 'CONFIG_INVALID');
    await refused(read(sets, { parts: [] }), /options of npz/, 'CONFIG_INVALID');
  });

  it('is refused where it can not be told', async () => {
    await refused(read([u1('x', [3]), u1('y', [2])]), /different numbers of rows: x 3, y 2/);
    await refused(read([u1('train_x', [2]), u1('test_x', [2, 2])]), /cells in one set and arrays in another/);
    await refused(read([{ name: 'readme.txt', bytes: new Uint8Array(3) }]), /no array is in this archive/);
  });
});

describe('archives', () => {
  const good = u1('x', [100, 100]);
  it.each([
    ['are no archive', new TextEncoder().encode('age,ill\n1,0\n'), /no archive that can be read/],
    ['are cut short', zipOf([good]).subarray(0, 300), /no archive that can be read/],
    ['have a wrong check sum', zipOf([{ ...good, says: { crc: 5 } }]), /"x\.npy" is damaged: its check sum/],
    ['hold more than they say', zipOf([{ ...good, says: { size: 200 } }]), /"x\.npy" is damaged, or was cut short/],
    ['have a file twice', zipOf([good, good]), /"x\.npy" is in the archive twice/],
    ['are encrypted', zipOf([{ ...good, flags: 1 }]), /"x\.npy" is encrypted/],
    ['are compressed otherwise', zipOf([{ ...good, method: 14 }]), /compressed by method 14/],
    [
      'lie upon each other',
      zipOf([{ ...good, says: { compressed: 2 ** 30 } }]),
      /lie upon each other, or were cut short/,
    ],
    ['are bombs', zipOf([{ ...good, says: { size: 2 ** 31 } }]), /a ZIP bomb/],
  ])('that %s are refused', async (_, bytes, message) => refused(openNpz(await written(bytes)).then(rowsOf), message));

  it('that are bombs in what they hold are read no further than they say', async () => {
    const zeros = npyOf('|u1', [2 ** 24], new Uint8Array(2 ** 24));
    const head = npyOf('|u1', [100], new Uint8Array(100));
    const lies = { name: 'x.npy', bytes: Buffer.concat([head, zeros]), says: { size: head.length } };
    await refused(read([lies]), /is damaged, or was cut short/);
  });

  it('whose bytes are damaged are refused, and no last row is given away', async () => {
    const bytes = Buffer.from(zipOf([{ ...good, store: true }]));
    bytes[5000]! ^= 1;
    const seen: TextRow[] = [];
    const source = await openNpz(await written(bytes));
    const reading = (async () => {
      for await (const batch of source.rows) seen.push(...batch);
    })();
    await refused(reading, /its check sum is another/);
    await source.close();
    expect(seen.length).toBeLessThan(100);
  });

  it('that are not there are FILE_NOT_FOUND', () =>
    refused(openNpz(join(folder, 'no.npz')), /there is no file/, 'FILE_NOT_FOUND'));

  it('hold only some rows at a time', async () => {
    const source = await openNpz(await written(zipOf([u1('x', [3000, 1000])])));
    const sizes: number[] = [];
    for await (const batch of source.rows) sizes.push(batch.length);
    await source.close();
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1048);
    expect(sizes.reduce((a, b) => a + b, 0)).toBe(3000);
  });
});

const dataDir = process.env['FEDWARD_DATA'];
describe.skipIf(!dataDir)('PneumoniaMNIST (needs FEDWARD_DATA)', () => {
  it('has the parts, classes and pixels that its publisher says', async () => {
    const source = await openNpz(join(dataDir!, 'medmnist', 'pneumoniamnist_28.npz'));
    expect(source.names).toEqual(['set', 'images', 'labels']);
    expect(source.notes!['images']).toEqual({ shape: [28, 28] });
    const counts: Record<string, number> = {};
    let sum = 0;
    for (const { fields, arrays } of await rowsOf(source)) {
      const key = `${fields[0]} ${fields[2]}`;
      counts[key] = (counts[key] ?? 0) + 1;
      if (fields[0] === 'train') for (const pixel of arrays!['images']!.values as Uint8Array) sum += pixel;
    }
    expect(counts).toEqual({
      ...{ 'train 0': 1214, 'train 1': 3494, 'val 0': 135, 'val 1': 389, 'test 0': 234, 'test 1': 390 },
    });
    expect(sum / 255 / (4708 * 784)).toBeCloseTo(0.5719, 4);
  });
});
