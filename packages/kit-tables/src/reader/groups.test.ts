import { describe, expect, it } from 'vitest';
import {
  columnsRead,
  EncodedTable,
  imputeTable,
  readTable,
  tableSchema,
  textRowReader,
  trainingData,
  type TableSchemaInput,
} from '../index.js';

const base = {
  columns: [
    { name: 'age', kind: 'numeric' as const, missingTokens: ['-9'], missing: { fill: 50 } },
    { name: 'sex', kind: 'binary' as const },
  ],
  label: { name: 'y', kind: 'value' as const },
};
const subgroups = [
  { column: 'age', bands: [40, 60] },
  {
    column: 'sex',
    name: 'gender',
    levels: [
      { name: 'female', values: [0] },
      { name: 'male', values: [1] },
    ],
  },
  { column: 'origin', levels: ['A', 'B'] },
];
const names = ['origin', 'age', 'sex', 'y'];

const read = (rows: readonly string[][], schema: TableSchemaInput = { ...base, subgroups }) => {
  const parsed = tableSchema.parse(schema);
  const batch = rows.map((fields, i) => ({ fields, line: i + 2 }));
  return readTable('ward', parsed, [batch], textRowReader(parsed, names, { file: 'ward.csv' }));
};
const rows = [
  ['A', '39.9', '0', '1'],
  ['B', '40', '1.0', '2'],
  ['', '60', '1', '3'],
  ['a', '-9', '0', '4'],
];

describe('subgroups', () => {
  it('say of each record its band or level, where its cell has one, in the order of the records of a part', async () => {
    const table = await read(rows.slice(0, 3).concat([['B', '-9', '0', '4']]));
    const [one, other] = trainingData(new EncodedTable(table), [{ name: 'a' }, { name: 'b' }], (i) => i % 2);
    expect(one.groups).toEqual([
      { name: 'age', levels: ['below 40', '40 to 60', '60 and above'], codes: Uint8Array.of(0, 2) },
      { name: 'gender', levels: ['female', 'male'], codes: Uint8Array.of(0, 1) },
      { name: 'origin', levels: ['A', 'B'], codes: Uint8Array.of(0, 255) },
    ]);
    // What was filled in for a feature makes nobody fifty years old.
    expect(other.groups!.map(({ codes }) => [...codes])).toEqual([
      [1, 255],
      [1, 0],
      [1, 1],
    ]);
  });

  it('by a column that is no feature change no feature, and it is read', async () => {
    const parts = async (schema: TableSchemaInput) => {
      const data = trainingData(new EncodedTable(await read(rows.slice(0, 3), schema)), [{ name: 'a' }], () => 0)[0];
      return { features: [...data.features], shape: data.featureShape };
    };
    expect(await parts({ ...base, subgroups })).toEqual(await parts(base));
    expect(columnsRead(tableSchema.parse({ ...base, subgroups }))).toEqual(['age', 'sex', 'y', 'origin']);
    expect(columnsRead(tableSchema.parse(base))).toEqual(['age', 'sex', 'y']);
  });

  it('go with rows that an imputer keeps, and are unknown of records that join', async () => {
    const table = await read(rows.slice(0, 3));
    table.join([{ features: Float64Array.of(70, 1), label: 9, patientId: '' }]);
    let row = 0;
    const { table: kept } = imputeTable(table, { impute: () => (row++ === 0 ? 'left out' : undefined) });
    expect(kept.groupsOf([0, 1, 2]).map(({ codes }) => [...codes])).toEqual([
      [1, 2, 255],
      [1, 1, 255],
      [1, 255, 255],
    ]);
  });

  it('refuse a value that is none of the levels, with its place and without the value', async () => {
    await expect(read(rows)).rejects.toMatchObject({
      code: 'DATA_MALFORMED',
      message: expect.stringMatching(/^ward\.csv, line 5, column "origin": not one of the levels A, B/),
    });
  });

  it.each([
    [{ column: 'y', bands: [1] }, /y is what is to be told/],
    [{ column: 'id', levels: [1, 2] }, /id is the patient id/],
    [{ column: 'origin' }, /say how origin is parted/],
    [{ column: 'sex', bands: [1] }, /sex has no numbers to part by/],
    [{ column: 'age', bands: [60, 40] }, /bounds must ascend/],
    [{ column: 'origin', levels: ['A', 'A'] }, /a value is listed twice/],
    [{ column: 'age', bands: [40], levels: [1, 2] }, /bands or levels, not both/],
  ])('%j is refused', (subgroup, message) => {
    const { error } = tableSchema.safeParse({ ...base, patientId: 'id', subgroups: [subgroup] });
    expect(error?.message).toMatch(message);
  });
});
