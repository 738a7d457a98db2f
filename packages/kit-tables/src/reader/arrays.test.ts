import { parseWith } from '@fedward/core';
import { expect, it } from 'vitest';
import {
  EncodedTable,
  readTable,
  tableSchema,
  textRowReader,
  trainingData,
  type TableSchemaInput,
  type TextRow,
} from '../index.js';

const label = {
  name: 'ill',
  kind: 'class' as const,
  classes: [
    { name: 'no', values: [0] },
    { name: 'yes', values: [1] },
  ],
};

async function read(columns: TableSchemaInput['columns'], names: string[], rows: Omit<TextRow, 'line'>[], more = {}) {
  const schema = parseWith(tableSchema, { columns, label, ...more }, 'the schema');
  const lines = rows.map((row, i) => ({ ...row, line: i + 1 }));
  return readTable('ward', schema, [lines], textRowReader(schema, names, { file: 'ward' }));
}
async function dataOf(...args: Parameters<typeof read>) {
  const table = await read(...args);
  return trainingData(new EncodedTable(table), [{ name: 'ward' }], () => 0)[0];
}

it('reads arrays from cells, scaled value by value, in their shape', async () => {
  const image = { name: 'xray', kind: 'image', shape: [2, 2, 1], range: [0, 255] } as const;
  const row = (values: number[]) => ({ fields: ['', '1'], arrays: { xray: { shape: [2, 2], values } } });
  const data = await dataOf([image], ['xray', 'ill'], [row([0, 255, 127.5, 51]), row([1, 2, 3, 4])]);
  expect(data.featureShape).toEqual([2, 2, 1]);
  expect([...data.features.subarray(0, 4)]).toEqual([-1, 1, 0, Math.fround(-0.6)]);
  const wrong = { fields: ['', '1'], arrays: { xray: { shape: [4, 1], values: [1, 2, 3, 4] } } };
  await expect(dataOf([image], ['xray', 'ill'], [wrong])).rejects.toMatchObject({
    code: 'DATA_MALFORMED',
    message: 'ward, line 1, column "xray": an array of shape [4, 1] where the schema says [2, 2, 1]',
  });
});

it('leaves out a recording with a sample that was not taken, where the schema says so', async () => {
  const signal = { name: 'ecg', kind: 'signal', shape: [3, 1], scale: { center: 0, spread: 1 } } as const;
  const rows = [
    { fields: ['', '1'], arrays: { ecg: { shape: [3], values: [1, NaN, 3] } } },
    { fields: ['', '0'], arrays: { ecg: { shape: [3, 1], values: [1, 2, 3] } } },
    { fields: ['', '0'] },
  ];
  await expect(read([signal], ['ecg', 'ill'], rows)).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
  const { rows: counts } = await read([{ ...signal, missing: 'drop-row' }], ['ecg', 'ill'], rows);
  expect(counts).toEqual({ read: 3, used: 1, dropped: [{ reason: 'no value in ecg', rows: 2 }] });
});

it('reads an array from a column a number, by name or from the first to the last', async () => {
  const genes = { name: 'genes', kind: 'vector', shape: [3], transform: 'log10', range: [1, 3] } as const;
  const names = ['ill', 'g1', 'g2', 'g3'];
  const fields = { fields: ['1', '10', '100', '1000'] };
  for (const from of [{ first: 'g1', last: 'g3' }, ['g1', 'g2', 'g3']])
    expect([...(await dataOf([{ ...genes, from }], names, [fields])).features]).toEqual([-1, 0, 1]);
  await expect(dataOf([{ ...genes, from: ['g1', 'g2'] }], names, [fields])).rejects.toThrow(/from 2 columns/);
  await expect(dataOf([{ ...genes, from: { first: 'g3', last: 'g1' } }], names, [fields])).rejects.toThrow(/before/);
  const zero = { fields: ['1', '10', '0', '1000'] };
  const from = { first: 'g1', last: 'g3' };
  await expect(dataOf([{ ...genes, from }], names, [zero])).rejects.toThrow(/log10 of a number that is not above zero/);
  const cut = { ...genes, from, allowed: [10, 100], outside: 'cut' } as const;
  expect([...(await dataOf([cut], names, [zero])).features]).toEqual([-1, -1, 0]);
});

it('is alone in a schema', async () => {
  const vector = { name: 'genes', kind: 'vector', shape: [3] } as const;
  await expect(read([vector, { name: 'age', kind: 'numeric' }], ['genes', 'age', 'ill'], [])).rejects.toThrow(
    /the only one/,
  );
});

it('takes what a column says of its numbers: zeros, own tokens, what is allowed; never telling the number', async () => {
  const chol: TableSchemaInput['columns'][number] = {
    ...{ name: 'chol', kind: 'numeric', missing: 'drop-row', range: [0, 600] },
    ...{ zeroIsMissing: true, missingTokens: ['-9'], allowed: [50, 600], outside: 'missing' },
  };
  const cells = ['200', '0', '-9.0', '7777', '', '0.0'].map((cell) => ({ fields: [cell, '1'] }));
  const { rows, missingRows } = await read([chol], ['chol', 'ill'], cells);
  expect(rows).toMatchObject({ used: 1, dropped: [{ reason: 'no value in chol', rows: 5 }] });
  expect(missingRows).toEqual([5]);
  const strict: typeof chol = { ...chol, outside: 'error' };
  const error = await read([strict], ['chol', 'ill'], cells).catch((e: Error) => e);
  expect((error as Error).message).toBe(
    'ward, line 4, column "chol": the number is not within what is allowed, 50 to 600: correct it, or say "outside": "missing"',
  );
});

it('reads dates to days, and a time to an event to its sign', async () => {
  const columns = [{ name: 'seen', kind: 'date', since: '2020-01-01', range: [0, 100] }] as const;
  const survival = {
    label: { name: 'days', kind: 'time-to-event', event: { column: 'dead', values: ['yes'], censored: ['no'] } },
  };
  const rows = [['2020-02-20', '12', 'yes'], ['2020-01-01T12:00', '30', 'no'], ['2020-04-10', '0', 'no']]; // prettier-ignore
  const data = await dataOf(
    [...columns],
    ['seen', 'days', 'dead'],
    rows.map((fields) => ({ fields })),
    survival,
  );
  expect([...data.features]).toEqual([0, Math.fround(-0.99), 1]);
  expect([...data.labels]).toEqual([12, -30, -0.5]);
  const odd = [{ fields: ['2020-02-20', '12', 'maybe'] }];
  await expect(dataOf([...columns], ['seen', 'days', 'dead'], odd, survival)).rejects.toMatchObject({
    code: 'LABEL_INVALID',
    message: 'ward, line 1, column "dead": neither a value of the event nor one of no event',
  });
});
